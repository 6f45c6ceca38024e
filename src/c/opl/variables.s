# The variables that OPL's zso.h declares. cdvdman's own read_raw_data looks at the first two.
#
# They lie in a row, as `Variables` in opl.rs has them: one address leads to all.

        .set    push
        .section .bss.ziso_tmp_buf,"aw",@nobits
        .balign 4
        .globl  ziso_tmp_buf, ziso_idx_cache, ziso_idx_start_block, ziso_align, ziso_total_block
ziso_tmp_buf:
        .space  4
ziso_idx_cache:
        .space  4
ziso_idx_start_block:
        .space  4
ziso_align:
        .space  4
ziso_total_block:
        .space  4
        .set    pop

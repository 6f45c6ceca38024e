# What device-fhi.o keeps, in a row, as `Variables` in neutrino.rs has them: one address leads to all.

        .set    push
        .section .bss.zso_fhi_variables,"aw",@nobits
        .balign 4
zso_fhi_variables:
        .space  16
        .set    pop

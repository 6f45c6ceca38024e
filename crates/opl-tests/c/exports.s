# The module's export table, which has to be the first of its code: a function at its start could not be told from no
# function. Other modules, here the tests, call by number.

        .text
        .balign 4
        .type   exports, @object
exports:
        .word   0x41c00000, 0
        .half   0x0101, 0
        .ifdef  ISOFS
        .ascii  "isofs\0\0\0"
        .word   _start, retonly, retonly, retonly
        .word   isofs_mount                     # 4
        .else
        .ascii  "cdvdman\0"
        .word   _start, retonly, retonly, retonly
        .word   cdvdman_read                    # 4
        .endif
        .word   ziso_read_sector                # 5
        .word   read_raw_data                   # 6
        .ifndef ISOFS
        .word   DeviceReadSectors               # 7
        .word   cdvdman_read_alone              # 8
        .word   cdvdman_start_second            # 9
        .endif
        .word   0
        .size   exports, . - exports

        # Functions that other modules do not call any more.
        .type   retonly, @function
        .set    noreorder
retonly:
        jr      $31
        nop

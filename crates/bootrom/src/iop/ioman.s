# Imports of the kernel's file functions, as every module of the IOP has them: a table that the kernel looks for, and
# stubs that it fills in by the numbers in their delay slots. The emulator answers them without a kernel.

        .set    push
        .set    noreorder

        .section .text.ioman,"ax",@progbits
        .balign 4
        .word   0x41E00000              # a table of imports
        .word   0
        .word   0x00000101              # version 1.1
        .ascii  "ioman\0\0\0"
        .macro  import name, number
        .globl  \name
\name:
        jr      $ra
         .word  0x24000000 | \number    # addiu $zero, $zero, number
        .endm
        import  ioman_open, 4
        import  ioman_close, 5
        import  ioman_read, 6
        import  ioman_write, 7
        import  ioman_lseek, 8
        .word   0, 0

        .set    pop

# Imports of the kernel's functions: for each library a table that the kernel's loader finds by its first word, and
# stubs that it makes jumps to the functions with the numbers in their delay slots.

        .set    push
        .set    noreorder

        .macro  library name, minor
        .balign 4
        .word   0x41E00000, 0
        .word   0x0100 | \minor
        .ascii  "\name" # 8 characters
        .endm

        .macro  import name, number
        .globl  \name
        .type   \name, @function
\name:
        jr      $ra
         .word  0x24000000 | \number    # addiu $zero, $zero, number
        .endm

        .macro  done
        .word   0, 0
        .endm

        .section .text.imports,"ax",@progbits

        library "sysmem\0\0", 1
        import  AllocSysMemory, 4
        import  FreeSysMemory, 5
        done

        library "stdio\0\0\0", 1
        import  stdio_printf, 4         # not called printf, of which compilers know what it does
        done

        # Not ioman, which cannot go beyond 2 GiB.
        library "iomanx\0\0", 1
        import  iomanx_open, 4
        import  iomanx_close, 5
        import  iomanx_read, 6
        import  iomanx_write, 7
        import  iomanx_lseek, 8
        import  iomanx_lseek64, 30
        done

        library "thbase\0\0", 1
        import  CreateThread, 4
        import  StartThread, 6
        import  GetSystemTime, 34
        done

        library "thsemap\0", 1
        import  CreateSema, 4
        import  SignalSema, 6
        import  WaitSema, 8
        done

        .set    pop

# Import tables. The kernel's loader finds a table by its magic number, looks its library up, and makes the first word
# of each stub a jump; the second word has the function's number in the library.

        .macro  library name, version
        .balign 4
        .word   0x41e00000, 0
        .half   \version, 0
        .ascii  "\name" # 8 characters
        .endm

        .macro  import name, number
        .globl  \name
        .type   \name, @function
        .ent    \name
\name:
        jr      $31
        li      $0, \number
        .end    \name
        .endm

        .macro  done
        .word   0, 0
        .endm

        .text
        .set    noreorder

        library "sysmem\0\0", 0x0101
        import  AllocSysMemory, 4
        done

        library "sysclib\0", 0x0101
        import  memcpy, 12
        done

        .ifdef  ISOFS
        library "ioman\0\0\0", 0x0102
        import  read, 6
        import  lseek, 8
        done
        .else
        library "medium\0\0", 0x0101
        import  medium_blocks, 4
        import  medium_message, 5
        done

        # Of the threads' libraries, what the reader that reads ahead uses.
        library "thbase\0\0", 0x0101
        import  CreateThread, 4
        import  StartThread, 6
        done

        library "thsemap\0", 0x0101
        import  CreateSema, 4
        import  SignalSema, 6
        import  WaitSema, 8
        done
        .endif

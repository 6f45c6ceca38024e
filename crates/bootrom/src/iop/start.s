# What both processors do first. They fetch their first instruction from the same place, so this is MIPS I only, which
# the EE's R5900 knows as well.

        .set    push
        .set    noreorder
        .set    noat

        .section .reset,"ax",@progbits
        .globl  reset
reset:
        mfc0    $t0, $15                # PRId: 0x1F for the IOP, 0x2E20 for the EE
        nop
        srl     $t0, $t0, 8
        beqz    $t0, iop_reset
         nop

        lui     $t0, 0x7040             # Status: as after a reset, but for ERL, with which exceptions cannot be told
        mtc0    $t0, $12
# The EE has nothing to do, but its clock is what moves the IOP's in the emulator.
        .globl  ee_idle
ee_idle:
        b       ee_idle
         nop

iop_reset:
        lui     $t0, 0x40               # SR.BEV: exceptions go to the ROM. A reset sets it, but PCSX2's does not.
        mtc0    $t0, $12
        la      $sp, __stack_end - 16
        la      $t0, __program_in_rom
        la      $t1, __program_start
        la      $t2, __program_end
.Lcopy_program:
        lw      $t3, 0($t0)
        addiu   $t0, $t0, 4
        sw      $t3, 0($t1)
        addiu   $t1, $t1, 4
        bne     $t1, $t2, .Lcopy_program
         nop
        la      $t2, __bss_end
.Lclear_variables:
        beq     $t1, $t2, iop_start
         nop
        sw      $zero, 0($t1)
        b       .Lclear_variables
         addiu  $t1, $t1, 4
        .globl  iop_start
iop_start:
        la      $t9, start
        jr      $t9
         nop

# Where the IOP goes on any exception.
        .org    0x180
        mfc0    $a0, $13                # Cause
        mfc0    $a1, $14                # EPC
        mfc0    $a2, $8                 # BadVAddr
        la      $sp, __stack_end - 16
        la      $t9, exception
        jr      $t9
         nop

# Where the EE goes: five vectors, one end. It tells so by its serial port.
        .macro  vector at
        .org    \at
        b       ee_exception
         nop
        .endm
        vector  0x200
        vector  0x280
        vector  0x300
        vector  0x380
        vector  0x400
ee_exception:
        la      $t0, ee_message
        lui     $t1, 0xB000             # SIO_TXFIFO is at 0xB000F180
        ori     $t1, $t1, 0xF180
.Lsend_message:
        lbu     $t2, 0($t0)
        addiu   $t0, $t0, 1
        beqz    $t2, ee_idle
         nop
        b       .Lsend_message
         sb     $t2, 0($t1)
ee_message:
        .asciz  "zso: exception of the EE\nzso: SENTINEL FAIL\n"
        .balign 16

        .set    pop

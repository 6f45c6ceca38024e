# Two stacks for one processor.

        .set    push
        .set    noreorder

# Keeps what a function has to keep on the stack, the stack's pointer at $a0, and goes on with the one in $a1.
        .section .text.switch_stack,"ax",@progbits
        .globl  switch_stack
switch_stack:
        addiu   $sp, $sp, -40
        sw      $s0, 0($sp)
        sw      $s1, 4($sp)
        sw      $s2, 8($sp)
        sw      $s3, 12($sp)
        sw      $s4, 16($sp)
        sw      $s5, 20($sp)
        sw      $s6, 24($sp)
        sw      $s7, 28($sp)
        sw      $fp, 32($sp)
        sw      $ra, 36($sp)
        sw      $sp, 0($a0)
        move    $sp, $a1
        lw      $s0, 0($sp)
        lw      $s1, 4($sp)
        lw      $s2, 8($sp)
        lw      $s3, 12($sp)
        lw      $s4, 16($sp)
        lw      $s5, 20($sp)
        lw      $s6, 24($sp)
        lw      $s7, 28($sp)
        lw      $fp, 32($sp)
        lw      $ra, 36($sp)
        nop
        jr      $ra
         addiu  $sp, $sp, 40

# Where a thread begins: its function is in $s0, the function's argument in $s1.
        .section .text.begin_thread,"ax",@progbits
        .globl  begin_thread
begin_thread:
        move    $t9, $s0
        jalr    $t9
         move   $a0, $s1
        la      $t9, end_thread
        jr      $t9
         nop

        .set    pop

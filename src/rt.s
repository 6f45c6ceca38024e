# The memory functions that the compiler calls, for the R3000A; compiler_builtins' own are ten times as long.
# Leaves, in the manner of lz4/mips.s.

        .set    push
        .set    noreorder
        .set    noat

# void *memcpy(void *to, const void *from, size_t len): words of four bytes at any alignment, then bytes.
        .section .text.memcpy,"ax",@progbits
        .globl  memcpy
        .type   memcpy,@function
        .ent    memcpy
memcpy:
        srl     $t0, $a2, 2
        sll     $t0, $t0, 2
        addu    $t0, $a0, $t0
        beq     $a0, $t0, .Lcopy_bytes
         move   $v0, $a0
.Lcopy_words:
        lwl     $t1, 3($a1)
        lwr     $t1, 0($a1)
        addiu   $a0, $a0, 4
        addiu   $a1, $a1, 4
        swl     $t1, -1($a0)
        bne     $a0, $t0, .Lcopy_words
         swr    $t1, -4($a0)
.Lcopy_bytes:
        addu    $t0, $v0, $a2
.Lcopy_byte:
        beq     $a0, $t0, .Lcopied
         addiu  $a0, $a0, 1
        lbu     $t1, 0($a1)
        addiu   $a1, $a1, 1
        b       .Lcopy_byte
         sb     $t1, -1($a0)
.Lcopied:
        jr      $ra
         nop
        .end    memcpy
        .size   memcpy, . - memcpy

# void *memset(void *to, int byte, size_t len): clears the rest of a last partial sector, so it need not be fast.
        .section .text.memset,"ax",@progbits
        .globl  memset
        .type   memset,@function
        .ent    memset
memset:
        addu    $t0, $a0, $a2
        move    $v0, $a0
.Lset_byte:
        beq     $a0, $t0, .Lset
         addiu  $a0, $a0, 1
        b       .Lset_byte
         sb     $a1, -1($a0)
.Lset:
        jr      $ra
         nop
        .end    memset
        .size   memset, . - memset

        .set    pop

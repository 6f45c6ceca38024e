# A memory function that the compiler calls, for the R3000A; compiler_builtins' own is ten times as long. A leaf, in the
# manner of lz4/mips.s, which has memcpy.

        .set    push
        .set    noreorder
        .set    noat

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

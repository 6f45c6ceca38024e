# void *memcpy(void *to, const void *from, size_t len) for the maps, which copy whole words between places that are
# aligned to 4 bytes. The reader's copies anything, and has 1,000 bytes of decoder with it.

        .set    push
        .set    noreorder
        .set    noat

        .section .text.memcpy,"ax",@progbits
        .globl  memcpy
        .type   memcpy,@function
        .ent    memcpy
memcpy:
        addu    $t0, $a1, $a2
        move    $v0, $a0
.Lcopy_word:
        beq     $a1, $t0, .Lcopied
         addiu  $a1, $a1, 4
        lw      $t1, -4($a1)
        addiu   $a0, $a0, 4
        b       .Lcopy_word
         sw     $t1, -4($a0)
.Lcopied:
        jr      $ra
         nop
        .end    memcpy
        .size   memcpy, . - memcpy

        .set    pop

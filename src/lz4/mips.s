# One raw LZ4 block, for the R3000A: `own.rs` says what it does, this says it in fewer cycles and bytes.
#
# i32 zso_lz4_decode(const u8 *src, const u8 *src_end, u8 *dst, u8 *dst_end): 0, or the number of a DecodeError.
#
# A leaf: no stack, no saved register. Every load is followed by an instruction that does not need it, and every
# delay slot is written out (indented by one blank more). A copy goes by words of four bytes, unaligned on both
# sides; it may overshoot its end by three bytes where both sides have them ("wild"), and goes through `exact` where
# they have not. A wild copy leaves three bytes or more on both sides, so that what follows it needs no check for them.
#
#   $a0 source   $a1 its end   $a2 destination   $a3 its end   $t9 its start
#   $t0 token    $t1 length    $t2 source left   $t3 room left   $t4 end of the run in the destination
#   $t5 where a match is copied from, or where the source goes on after literals
#   $v1 15       $at, $t6, $t7, $t8 scratch

        .set    push
        .set    noreorder
        .set    noat
        .section .text.zso_lz4_decode,"ax",@progbits
        .globl  zso_lz4_decode
        .hidden zso_lz4_decode
        .type   zso_lz4_decode,@function
        .ent    zso_lz4_decode
zso_lz4_decode:
        move    $t9, $a2
        beq     $a2, $a3, .Ldone
         li     $v1, 15

.Lnext: # a token: four bits of literals, four of match
        beq     $a0, $a1, .Linput_end
         subu   $t3, $a3, $a2
        lbu     $t0, 0($a0)
        addiu   $a0, $a0, 1
        srl     $t1, $t0, 4
        bne     $t1, $v1, .Lliterals
         subu   $t2, $a1, $a0
.Lmore_literals: # nothing is added to more than the room, so no sum can wrap
        beq     $a0, $a1, .Linput_end
         addiu  $a0, $a0, 1
        lbu     $t6, -1($a0)
        sltu    $at, $t3, $t1
        bne     $at, $zero, .Loverrun
         addu   $t1, $t1, $t6
        subu    $t2, $a1, $a0
        addiu   $t6, $t6, -255
        beq     $t6, $zero, .Lmore_literals
         nop

.Lliterals:
        sltu    $at, $t2, $t1
        bne     $at, $zero, .Linput_end
         sltu   $at, $t3, $t1
        bne     $at, $zero, .Loverrun
         addu   $t4, $a2, $t1
        addu    $t5, $a0, $t1
        subu    $t2, $t2, $t1
        subu    $t3, $t3, $t1
        sltiu   $at, $t2, 3
        bne     $at, $zero, .Lexact_literals
         sltiu  $at, $t3, 3
        bne     $at, $zero, .Lexact_literals
         nop
        beq     $t1, $zero, .Loffset
         nop
.Lliteral_words:
        lwl     $t6, 3($a0)
        lwr     $t6, 0($a0)
        addiu   $a0, $a0, 4
        addiu   $a2, $a2, 4
        swl     $t6, -1($a2)
        sltu    $at, $a2, $t4
        bne     $at, $zero, .Lliteral_words
         swr    $t6, -4($a2)

.Loffset: # two bytes are left
        lbu     $t6, 0($t5)
        lbu     $t7, 1($t5)
        addiu   $a0, $t5, 2
        move    $a2, $t4
        andi    $t1, $t0, 15
        sll     $t7, $t7, 8
        bne     $t1, $v1, .Lmatch
         or     $t6, $t6, $t7
.Lmore_match:
        beq     $a0, $a1, .Linput_end
         addiu  $a0, $a0, 1
        lbu     $t7, -1($a0)
        sltu    $at, $t3, $t1
        bne     $at, $zero, .Loverrun
         addu   $t1, $t1, $t7
        addiu   $t7, $t7, -255
        beq     $t7, $zero, .Lmore_match
         nop

.Lmatch:
        addiu   $t1, $t1, 4
        sltu    $at, $t3, $t1
        bne     $at, $zero, .Loverrun
         subu   $t2, $a2, $t9
        addiu   $at, $t6, -1
        sltu    $at, $at, $t2
        beq     $at, $zero, .Lbad_offset
         subu   $t5, $a2, $t6
        addu    $t4, $a2, $t1
        sltiu   $at, $t6, 4
        bne     $at, $zero, .Lshort_offset
         subu   $t3, $t3, $t1
.Lmatch_copy:
        sltiu   $at, $t3, 3
        bne     $at, $zero, .Lexact_match
         nop
.Lmatch_words:
        lwl     $t6, 3($t5)
        lwr     $t6, 0($t5)
        addiu   $t5, $t5, 4
        addiu   $a2, $a2, 4
        swl     $t6, -1($a2)
        sltu    $at, $a2, $t4
        bne     $at, $zero, .Lmatch_words
         swr    $t6, -4($a2)
        b       .Lnext
         move   $a2, $t4

.Lshort_offset: # what repeats every 1, 2 or 3 bytes repeats every 4, 4 or 6: words can be copied from there
        xori    $t7, $t6, 2
        sltu    $t7, $zero, $t7
        addiu   $t7, $t7, 2
        move    $t8, $t5
.Lshort_bytes:
        lbu     $t6, 0($t8)
        addiu   $t8, $t8, 1
        sb      $t6, 0($a2)
        addiu   $t7, $t7, -1
        bne     $t7, $zero, .Lshort_bytes
         addiu  $a2, $a2, 1
        b       .Lmatch_copy
         nop

# The copy that touches no byte too many, from $t7; $t8 tells what it was for. A block's last literals come here, a
# few bytes mostly.
.Lexact_literals:
        move    $t7, $a0
        b       .Lexact_bytes
         move   $t8, $zero
.Lexact_match:
        move    $t7, $t5
        li      $t8, 1
.Lexact_bytes:
        beq     $a2, $t4, .Lexact_end
         addiu  $a2, $a2, 1
        lbu     $at, 0($t7)
        addiu   $t7, $t7, 1
        b       .Lexact_bytes
         sb     $at, -1($a2)
.Lexact_end:
        beq     $t4, $a3, .Ldone
         move   $a2, $t4
        bne     $t8, $zero, .Lnext
         sltiu  $at, $t2, 2
        beq     $at, $zero, .Loffset
         nop

.Linput_end:
        jr      $ra
         li     $v0, -14
.Lbad_offset:
        jr      $ra
         li     $v0, -15
.Loverrun:
        jr      $ra
         li     $v0, -16
.Ldone:
        jr      $ra
         move   $v0, $zero
        .end    zso_lz4_decode
        .size   zso_lz4_decode, . - zso_lz4_decode
        .set    pop

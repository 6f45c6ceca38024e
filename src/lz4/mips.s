# One raw LZ4 block, for the R3000A: what `own.rs` says, in fewer cycles; and `memcpy`, which is the same copy.
#
# i32 zso_lz4_decode(const u8 *src, const u8 *src_end, u8 *dst, u8 *dst_end): 0, or the number of a DecodeError.
#
# Each round copies one run, literals or a match. The word behind the token says what comes next: after at most one
# literal it holds the offset and the next token as well, which is two loads for what took four. Literals are copied,
# struck off the token, and the next round takes the match.
#
# `copy` touches no byte too many and needs no byte to spare: four bytes from the start, four bytes up to the end, and
# between them words that are aligned where they are loaded, since a load costs seven stores. So nothing but the words
# ahead of the source needs care near its end: `tail` makes up the last one.
#
# A leaf: no stack, no saved register. Delay slots are indented by one blank more. No load's register is used by the
# instruction behind it. Sums of lengths cannot wrap: they grow by 255 a byte, and the largest RAM of such a machine,
# 8 MiB, has fewer than 2^31 / 255 bytes.
#
#   $a0 source   $a1 its end   $a2 destination   $a3 its end   $t9 its start
#   $t7, $t8 four bytes in front of both ends: what is compared with them is four bytes in front of something, too
#   $t0 token, or what is left of it; of the next one bits above the eighth can be anything
#   $t1 length, less four in front of `copy`     $t2 word      $t3 destination's end less four
#   $t4 the same of what is copied               $t5 what is copied from
#   $t6 offset, then the place for an aligned word
#   $v1 15       $v0 what is returned            $at scratch

        .set    push
        .set    noreorder
        .set    noat
        .section .text.zso_lz4_decode,"ax",@progbits
        .globl  zso_lz4_decode
        .hidden zso_lz4_decode
        .type   zso_lz4_decode,@function
        .ent    zso_lz4_decode
zso_lz4_decode:
        beq     $a2, $a3, .Ldone
         move   $v0, $zero
        beq     $a0, $a1, .Linput_end
         addiu  $a0, $a0, 1
        lbu     $t0, -1($a0)
        addiu   $t8, $a1, -4
        addiu   $t7, $a3, -4
        move    $t9, $a2
        b       .Lnext
         li     $v1, 15

.if {MEMCPY}
# void *memcpy(void *to, const void *from, size_t len): a run whose source has ended (at 0), so that `tail` returns.
        .globl  memcpy
        .type   memcpy,@function
memcpy:
        beq     $a2, $zero, .Ldone
         move   $v0, $a0
        addu    $a3, $a0, $a2
        addiu   $t1, $a2, -4
        move    $t5, $a1
        move    $a2, $a0
        move    $t8, $zero
        bltz    $t1, .Lbytes
         addu   $t3, $a2, $t1
        .size   memcpy, . - memcpy
.endif

.Lcopy: # four bytes or more; a match comes from four bytes back or more, so that each load finds what it needs written
        lwl     $t2, 3($t5)
        lwr     $t2, 0($t5)
.Lcopy_loaded:
        sltiu   $at, $t1, 5
        swl     $t2, 3($a2)
        swr     $t2, 0($a2)
        bne     $at, $zero, .Llast_word
         addu   $t4, $t5, $t1
        subu    $t6, $a2, $t5
        ori     $t5, $t5, 3
        addu    $t6, $t5, $t6
        addiu   $t1, $t4, -1
        ori     $t1, $t1, 3
.Lwords: # $t5 and $t6 are one byte in front
        lw      $t2, 1($t5)
        addiu   $t5, $t5, 4
        addiu   $t6, $t6, 4
        swl     $t2, 0($t6)
        bne     $t5, $t1, .Lwords
         swr    $t2, -3($t6)
.Llast_word:
        lwl     $t2, 3($t4)
        lwr     $t2, 0($t4)
        addiu   $a2, $t3, 4
        swl     $t2, 3($t3)
        swr     $t2, 0($t3)

.Lnext: # behind a token; whether the destination is full is found out by whoever has no room
        sltu    $at, $t8, $a0
        bne     $at, $zero, .Ltail
         andi   $t1, $t0, 0xF0
        lwl     $t2, 3($a0)
        lwr     $t2, 0($a0)
        beq     $t1, $zero, .Loffset
         srl    $t1, $t1, 4
        addiu   $at, $t1, -1
        bne     $at, $zero, .Lliterals
         move   $t5, $a0
        beq     $a2, $a3, .Ldone
         addiu  $a0, $a0, 1
        sb      $t2, 0($a2)
        srl     $t2, $t2, 8
        addiu   $a2, $a2, 1

.Loffset: # and the next token; $a0 is behind that when the match is copied
        andi    $t1, $t0, 15
        andi    $t6, $t2, 0xFFFF
        subu    $t5, $a2, $t6
        beq     $t1, $v1, .Lmatch_length
         srl    $t0, $t2, 16
.Lmatch:
        addu    $t3, $a2, $t1
        subu    $at, $t7, $t3
        bltz    $at, .Loverrun
         subu   $at, $t5, $t9
        bltz    $at, .Lbad_offset
         addiu  $at, $t6, -4
        bgez    $at, .Lcopy
         addiu  $a0, $a0, 3

        # What repeats every 1, 2 or 3 bytes repeats every 4, 4 or 6, which is far enough back once 3 bytes are there.
        beq     $t6, $zero, .Lbad_offset
         addiu  $t1, $t1, -3
        bltz    $t1, .Lbytes
         lbu    $at, 0($t5)
        addiu   $t6, $t6, 3
        sb      $at, 0($a2)
        lbu     $at, 1($t5)
        andi    $t6, $t6, 6
        sb      $at, 1($a2)
        lbu     $at, 2($t5)
        addiu   $a2, $a2, 3
        sb      $at, -1($a2)
        b       .Lcopy
         subu   $t5, $a2, $t6

.Lmatch_length: # no token with a length of 15 literals is 0, so a 0 tells what the length is of
        addiu   $a0, $a0, 2
        move    $t0, $zero
.Lmore:
        beq     $a0, $a1, .Linput_end
         addiu  $a0, $a0, 1
        lbu     $t2, -1($a0)
        nop
        addiu   $at, $t2, -255
        beq     $at, $zero, .Lmore
         addu   $t1, $t1, $t2
        bne     $t0, $zero, .Lliteral_length
         nop
        beq     $a0, $a1, .Lmatch
         addiu  $a0, $a0, -2
        lbu     $t0, 2($a0)
        b       .Lmatch
         nop

.Lliterals: # two or more, or one and no word behind it
        beq     $t1, $v1, .Lmore
         addiu  $t1, $t1, -4
.Lliteral_length:
        addu    $t3, $a2, $t1
        subu    $at, $t7, $t3
        bltz    $at, .Loverrun
         addu   $t4, $a0, $t1
        subu    $at, $t8, $t4
        bltz    $at, .Linput_end
         addiu  $a0, $t4, 4
        sltiu   $at, $t1, 11
        bne     $at, $zero, .Lcopy_loaded
         andi   $t0, $t0, 15
        bgez    $t1, .Lcopy
         subu   $t5, $t4, $t1
.Lbytes:
        addiu   $t4, $t3, 4
.Lbyte:
        lbu     $at, 0($t5)
        addiu   $a2, $a2, 1
        addiu   $t5, $t5, 1
        bne     $a2, $t4, .Lbyte
         sb     $at, -1($a2)
        b       .Lnext
         nop

.Ltail: # fewer than four bytes are left, or not even the token; a match needs two
        beq     $a2, $a3, .Ldone
         move   $t2, $zero
        subu    $at, $a1, $a0
        bne     $t1, $zero, .Lliterals
         srl    $t1, $t1, 4
        slti    $at, $at, 2
        bne     $at, $zero, .Linput_end
         move   $t5, $a1
.Ltail_byte:
        addiu   $t5, $t5, -1
        lbu     $at, 0($t5)
        sll     $t2, $t2, 8
        bne     $t5, $a0, .Ltail_byte
         or     $t2, $t2, $at
        b       .Loffset
         nop

.Lbad_offset:
        jr      $ra
         li     $v0, -15
.Loverrun:
        b       .Lno_more
         li     $t2, -16
.Linput_end:
        li      $t2, -14
.Lno_more: # which is no error if nothing is missing
        beq     $a2, $a3, .Ldone
         nop
        move    $v0, $t2
.Ldone:
        jr      $ra
         nop
        .end    zso_lz4_decode
        .size   zso_lz4_decode, . - zso_lz4_decode
        .set    pop

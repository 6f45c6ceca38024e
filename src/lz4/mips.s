# One raw LZ4 block, for the R3000A: what `own.rs` says, in fewer cycles; and `memcpy`, which is one of its copies.
#
# i32 zso_lz4_decode(const u8 *src, const u8 *src_end, u8 *dst, u8 *dst_end): 0, or the number of a DecodeError.
#
# A block is a row of sequences: literals, which are copied from the source, and a match, which is copied from what was
# decoded before. Their lengths are the two halves of a token; 15 means that it goes on in more bytes.
#
#     token   more of the first length   literals   offset, 2 bytes   more of the second length   token ...
#             ^ $a0 when a sequence begins: its token is in $t0 already
#
# A load takes seven cycles, any other instruction one. So the first half of this file, which decodes all of a block but
# its end, rests on three rules:
#
#   1. Load aligned words, each of them once. `lwr` loads from an address to the end of its word, and `lw` the words
#      after that. `swl` and `swr` together store a word to any address.
#   2. Keep what was loaded. The word with the last literal may have the offset's first bytes, too: shifted down, they
#      need one more load, `lwl`, at most, to be offset and next token.
#   3. Copy to the end of a word: up to four bytes too many, which the next sequence overwrites.
#
# That needs some room at both ends. Where there is less, the second half decodes: byte by byte through a sequence, in
# words through its runs, and not a byte too many. It also takes lengths of 270 and more literals, and matches that
# repeat themselves within eight bytes.
#
# Delay slots are indented by one blank more. No instruction uses the register of a load before it: it would see the old
# value. Only `lwl` and `lwr` of one word go together as they are. A leaf: no stack, no saved register. Sums of lengths
# cannot wrap: they grow by 255 a byte, and the largest RAM of such a machine, 8 MiB, has fewer than 2^31 / 255 bytes.
#
#   $a0  source                                          $a1  its end
#   $a2  destination                                     $a3  its end
#   $t0  token, and anything above its eight bits        $t1  length; of a match less four, as the token has it
#   $t2, $t4  words                                      $t3  where a run ends
#   $t5  what is copied from                             $t6  offset, then what is copied to
#   $t7  -4, which takes an address to its word          $t8  the limit of `choose`, less four
#   $t9  the destination's start, plus eight             $v1  15
#   $v0  what is returned                                $at  scratch

        .set    push
        .set    noreorder
        .set    noat

        # The most that a sequence without more bytes of length reads of the source before its match: 14 literals, the
        # offset, the next token, and a byte after that. It writes as much: 14 literals, and four bytes too many.
        .set    ROOM, 18

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
        li      $v1, 15
        li      $t7, -4
        b       .Lchoose
         addiu  $t9, $a2, 8


# ==== With room at both ends ====

.Lliterals: # two or more; $t1 is 16 times their number, $t2 has what the first one's word has of them
        srl     $t1, $t1, 4
        beq     $t1, $v1, .Llong_literals
         ori    $t5, $a0, 3
.Lliterals_sized:
        addu    $a0, $a0, $t1
        ori     $t3, $a0, 3
        swl     $t2, 3($a2)
        swr     $t2, 0($a2)
        beq     $t5, $t3, .Lin_one_word
         addu   $a2, $a2, $t1
        # From the word after $t5, which is the last byte of the first word, to the one that ends at $t3 and has the
        # offset's first byte. $t6 is where $t5's byte goes.
        subu    $t6, $a2, $a0
        addu    $t6, $t5, $t6
        addiu   $t4, $t3, -4
.Lliteral_words:
        lw      $t2, 1($t5)
        addiu   $t6, $t6, 8
        swl     $t2, -4($t6)
        beq     $t5, $t4, .Lliterals_copied
         swr    $t2, -7($t6)
        lw      $t2, 5($t5)
        addiu   $t5, $t5, 8
        swl     $t2, 0($t6)
        bne     $t5, $t3, .Lliteral_words
         swr    $t2, -3($t6)
.Lliterals_copied: # a shift looks at five bits of its count: eight times the offset's place in its word
        sll     $at, $a0, 3
        srlv    $t2, $t2, $at

.Loffset: # $t2 has what the word at $a0 has of it; that is all three bytes if it is in the word's first half
        andi    $at, $a0, 2
.Loffset_at:
        beq     $at, $zero, .Lmatch
         andi   $t1, $t0, 15
        lwl     $t2, 3($a0)

.Lmatch:
        addiu   $a0, $a0, 3
.Lmatch_before: # $a0 is after the next token
        andi    $t6, $t2, 0xFFFF
        addiu   $t4, $t6, -8
        srl     $t0, $t2, 16
        beq     $t1, $v1, .Llong_match
         subu   $t5, $a2, $t4
.Lmatch_sized: # $t5 is eight bytes after what is copied; $t3 will be four bytes before the end
        addu    $t3, $a2, $t1
        sltu    $at, $t8, $t3
        bne     $at, $zero, .Llimit
         sltu   $at, $t5, $t9
.Lmatch_in_limit:
        bne     $at, $zero, .Lbad_offset
         and    $t1, $t5, $t7
        bltz    $t4, .Lnear_match
         lwr    $t2, -8($t5)
        # The first word and the one after it, at once: a match has four bytes or more, and begins eight bytes back.
        lw      $t4, -4($t1)
        addu    $t6, $t1, $t6
        swl     $t2, 3($a2)
        swr     $t2, 0($a2)
        addiu   $a2, $t3, 4
        subu    $at, $t6, $a2
        swl     $t4, -1($t6)
        bgez    $at, .Lsequence
         swr    $t4, -4($t6)
.Lmatch_words: # from $t1 to $t6, until $at is no longer negative
        lw      $t2, 0($t1)
        addiu   $t6, $t6, 8
        addiu   $t4, $at, 4
        swl     $t2, -5($t6)
        bgez    $t4, .Lsequence
         swr    $t2, -8($t6)
        lw      $t2, 4($t1)
        addiu   $t1, $t1, 8
        addiu   $at, $at, 8
        swl     $t2, -1($t6)
        bltz    $at, .Lmatch_words
         swr    $t2, -4($t6)

.Lsequence: # mostly without literals or with one
        andi    $t1, $t0, 0xE0
        lwr     $t2, 0($a0)
        bne     $t1, $zero, .Lliterals
         andi   $t1, $t0, 0xF0
        beq     $t1, $zero, .Loffset_at
         andi   $at, $a0, 2
        sb      $t2, 0($a2)
        lwl     $t2, 3($a0)
        addiu   $a2, $a2, 1
        addiu   $a0, $a0, 4
        srl     $t2, $t2, 8
        b       .Lmatch_before
         andi   $t1, $t0, 15

.Lin_one_word: # literals and the offset's first byte
        sll     $at, $t1, 3
        b       .Loffset
         srlv   $t2, $t2, $at

.Llong_literals: # $t2 begins with a byte more of the length
        andi    $at, $t2, 0xFF
        addiu   $a0, $a0, 1
        addu    $t1, $t1, $at
        addiu   $at, $at, -255
        beq     $at, $zero, .Lmore
         lwr    $t2, 0($a0)
        addu    $t3, $a2, $t1
        sltu    $at, $t8, $t3
        beq     $at, $zero, .Lliterals_sized
         ori    $t5, $a0, 3
        b       .Lcareful_literals
         nop

.Llong_match: # what was taken for the next token is a byte more of the length
        andi    $at, $t0, 0xFF
        addu    $t1, $t1, $at
        lbu     $t0, 0($a0)
        addiu   $at, $at, -255
        bne     $at, $zero, .Lmatch_sized
         addiu  $a0, $a0, 1
        b       .Lmatch_more
         nop

.Llimit: # before which the match does not end; perhaps there is another one further on
        subu    $t1, $a1, $a0
        subu    $t2, $a3, $t3
        addiu   $t2, $t2, -4
        slt     $at, $t1, $t2
        beq     $at, $zero, .Llimit_by_least
         addiu  $t2, $t2, -ROOM
        addiu   $t2, $t1, -ROOM
.Llimit_by_least:
        addu    $t8, $t3, $t2
        bgez    $t2, .Lmatch_in_limit
         sltu   $at, $t5, $t9
.Lnear_match:
        b       .Lcareful_match
         subu   $t5, $a2, $t6


# ==== To the exact byte ====

.Lcareful_literals: # $t1 of them
        addu    $t3, $a2, $t1
        subu    $at, $a3, $t3
        bltz    $at, .Loverrun
         addu   $t4, $a0, $t1
        subu    $at, $a1, $t4
        bltz    $at, .Linput_end
         move   $t5, $a0
        move    $a0, $t4
        sltiu   $at, $t1, 4
        beq     $at, $zero, .Lcopy
         andi   $t0, $t0, 15 # a match without literals is left
.Lbytes: # up to $t3, one at least
        lbu     $at, 0($t5)
        addiu   $a2, $a2, 1
        addiu   $t5, $t5, 1
        bne     $a2, $t3, .Lbytes
         sb     $at, -1($a2)
        b       .Lchoose
         nop

.if {MEMCPY}
# void *memcpy(void *to, const void *from, size_t len): a run that ends where the destination does, so that `choose`
# returns.
        .globl  memcpy
        .type   memcpy,@function
memcpy:
        beq     $a2, $zero, .Ldone
         move   $v0, $a0
        addu    $a3, $a0, $a2
        move    $t3, $a3
        move    $t5, $a1
        sltiu   $at, $a2, 4
        bne     $at, $zero, .Lbytes
         move   $a2, $a0
        .size   memcpy, . - memcpy
.endif
.Lcopy: # up to $t3, four bytes at least; a match begins four bytes back, or more
        # What the first word has, with some bytes of anything; then the words after it, as long as they end before $t3;
        # then the last four bytes. Some bytes are stored twice, none is stored outside.
        lwr     $t2, 0($t5)
        subu    $t6, $a2, $t5
        subu    $t4, $t3, $t6
        ori     $t5, $t5, 3
        addiu   $t1, $t4, -5
        ori     $t1, $t1, 3
        sltu    $at, $t5, $t1
        swl     $t2, 3($a2)
        swr     $t2, 0($a2)
        beq     $at, $zero, .Lcopy_last
         addu   $t6, $t5, $t6
        addiu   $at, $t1, -4
.Lcopy_words: # like the words of literals
        lw      $t2, 1($t5)
        addiu   $t6, $t6, 8
        swl     $t2, -4($t6)
        beq     $t5, $at, .Lcopy_last
         swr    $t2, -7($t6)
        lw      $t2, 5($t5)
        addiu   $t5, $t5, 8
        swl     $t2, 0($t6)
        bne     $t5, $t1, .Lcopy_words
         swr    $t2, -3($t6)
.Lcopy_last:
        lwl     $t2, -1($t4)
        lwr     $t2, -4($t4)
.Lstore_last:
        move    $a2, $t3
        swl     $t2, -1($t3)
        swr     $t2, -4($t3)

# Which half goes on. The limit is a place in the destination: a sequence that begins there, or before, has ROOM bytes
# at both ends. One place can say that of both, since a sequence never takes more bytes than it gives: beside its
# literals, it takes offset and token, and gives a match of four bytes or more; and a byte more of length stands for
# many. So the limit is as far away as the nearer end has bytes left. When it is reached, there is a new one, five
# times a block.
.Lchoose:
        subu    $t1, $a1, $a0
        subu    $t2, $a3, $a2
        slt     $at, $t1, $t2
        beq     $at, $zero, .Lchoose_by_least
         addiu  $t2, $t2, -ROOM
        addiu   $t2, $t1, -ROOM
.Lchoose_by_least:
        addu    $t8, $a2, $t2
        bgez    $t2, .Lsequence
         addiu  $t8, $t8, -4

        beq     $a2, $a3, .Ldone
         sltu   $at, $a1, $a0
        bne     $at, $zero, .Linput_end
         andi   $t1, $t0, 0xF0
        srl     $t1, $t1, 4
        beq     $t1, $v1, .Lmore
         subu   $at, $a1, $a0
        bne     $t1, $zero, .Lcareful_literals
         slti   $at, $at, 2
        bne     $at, $zero, .Linput_end
         addiu  $a0, $a0, 3
        lbu     $at, -2($a0)
        lbu     $t6, -3($a0)
        sll     $at, $at, 8
        andi    $t1, $t0, 15
        bne     $t1, $v1, .Ltoken
         or     $t6, $t6, $at

.Lmatch_more: # no token with more bytes for its literals is 0, so a 0 tells what the length is of
        addiu   $a0, $a0, -1
        move    $t0, $zero
.Lmore:
        beq     $a0, $a1, .Linput_end
         addiu  $a0, $a0, 1
        lbu     $t2, -1($a0)
        nop
        addiu   $at, $t2, -255
        beq     $at, $zero, .Lmore
         addu   $t1, $t1, $t2
        bne     $t0, $zero, .Lcareful_literals
         nop
        addiu   $a0, $a0, 1
.Ltoken: # $a0 is after it; without one, after the source's end, which is found out if it is needed
        sltu    $at, $a1, $a0
        bne     $at, $zero, .Lno_token
         subu   $t5, $a2, $t6
        lbu     $t0, -1($a0)
.Lno_token:
        addu    $t3, $a2, $t1
.Lcareful_match: # of $t6 bytes back, which is at $t5, up to four bytes after $t3
        addiu   $t3, $t3, 4
        subu    $at, $a3, $t3
        bltz    $at, .Loverrun
         addiu  $at, $t5, 8
        sltu    $at, $at, $t9
        bne     $at, $zero, .Lbad_offset
         addiu  $at, $t6, -4
        bgez    $at, .Lcopy
         subu   $t1, $t3, $a2

        # Offsets of 1 to 3. Long runs of one byte are stored without a load.
        sltiu   $at, $t1, 13
        bne     $at, $zero, .Lclose
         addiu  $at, $t6, -1
        bne     $at, $zero, .Lclose
         lbu    $t2, 0($t5)
        addiu   $t4, $t3, -5
        sll     $at, $t2, 8
        or      $t2, $t2, $at
        sll     $at, $t2, 16
        or      $t2, $t2, $at
        swl     $t2, 3($a2)
        swr     $t2, 0($a2)
        ori     $t6, $a2, 3
        ori     $t4, $t4, 3
.Lfill: # words as in a copy
        addiu   $t6, $t6, 4
        bne     $t6, $t4, .Lfill
         sw     $t2, -3($t6)
        b       .Lstore_last
         nop
.Lclose: # what repeats every 1, 2 or 3 bytes repeats every 4, 4 or 6: far enough back once three bytes are copied
        beq     $t6, $zero, .Lbad_offset
         addiu  $t1, $t1, -7
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

.Lbad_offset:
        jr      $ra
         li     $v0, -15
.Loverrun:
        jr      $ra
         li     $v0, -16
.Linput_end:
        jr      $ra
         li     $v0, -14
.Ldone:
        jr      $ra
         nop
        .end    zso_lz4_decode
        .size   zso_lz4_decode, . - zso_lz4_decode
        .set    pop

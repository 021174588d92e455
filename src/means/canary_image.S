/* The canary: a guest without an operating system, which does once what every stock kernel does first and then says so on
 * its first serial port:
 *
 *     provision-canary: passed long mode
 *     …
 *     provision-canary: OK
 *
 * A /dev/kvm may be there and fail at any of this (nested virtualization without the hardware's help does); the last line
 * before the silence tells where.
 *
 * It is the image of a disk: its first sector is loaded to ORIGIN by the BIOS and loads the rest behind itself. So
 * nothing here may be relocated: addresses are differences of labels. */
#if defined(__x86_64__) || defined(__i386__)

#define ORIGIN      0x7c00
#define AT(label)   ((label) - canary_image + ORIGIN)
#define UPPER       0xffffffff80000000 /* where kernels live */
#define COM1        0x3f8
#define SECTOR      512

/* Memory below ORIGIN that is free once the BIOS has done its work; the stack grows down from ORIGIN. */
#define PML4        0x1000 /* of 4-level paging: each entry 512 GiB */
#define PDPT_LOW    0x2000 /* 1 GiB each */
#define PDPT_HIGH   0x3000
#define PD_LOW      0x4000 /* 2 MiB each: the first is everything we have */
#define PD_DEVICES  0x5000 /* 3 to 4 GiB: the local APIC */
#define IDT         0x6000 /* 64 descriptors of 16 bytes */
#define IDT_COUNT   64
#define KERNEL_STACK 0x7b00 /* for what interrupts ring 3 */
#define USER_STACK  0x7900

#define PRESENT     0x1
#define WRITABLE    0x2
#define USER        0x4
#define LARGE       0x80

#define CODE32      0x08
#define DATA        0x10 /* the order that syscall and sysret want: kernel code, kernel data, …, user data, user code */
#define CODE64      0x18
#define KERNEL_DATA 0x20
#define USER_CODE32 0x28
#define USER_DATA   0x30
#define USER_CODE64 0x38
#define TASK        0x40

#define LAPIC       0xfee00000
#define VECTOR_PIT  0x20
#define VECTOR_LAPIC 0x30
#define VECTOR_BACK 0x3f /* how ring 3 comes back */
#define FAULT_ADDRESS 0x40000000 /* of a page that isn't there until it is touched */

#define MSR_EFER      0xc0000080
#define MSR_STAR      0xc0000081
#define MSR_LSTAR     0xc0000082
#define MSR_SFMASK    0xc0000084
#define MSR_KERNEL_GS 0xc0000102

        .section .rodata
        .globl  canary_image
        .globl  canary_image_length
        .balign 16
canary_image:

/* ---- real mode: one sector ---- */

        .code16
        ljmp    $0, $AT(start)
start:
        xor     %ax, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $ORIGIN, %sp
        cld
        push    %dx                     /* %dl is the disk we came from */
        mov     $AT(words_began), %si
        call    say16
        pop     %dx
        mov     $AT(packet), %si
        mov     $0x42, %ah
        int     $0x13
        mov     $AT(words_unread), %si
        jc      say16_and_stop
        mov     $0x2401, %ax            /* address line 20 */
        int     $0x15
        in      $0x92, %al
        or      $2, %al
        and     $0xfe, %al
        out     %al, $0x92
        cli
        lgdt    AT(gdt_pointer)
        mov     %cr0, %eax
        or      $1, %al
        mov     %eax, %cr0
        ljmp    $CODE32, $AT(protected)

say16_and_stop:
        call    say16
1:      hlt
        jmp     1b

say16:
        mov     $COM1 + 5, %dx
1:      in      %dx, %al
        test    $0x20, %al
        jz      1b
        lodsb
        test    %al, %al
        jz      2f
        mov     $COM1, %dx
        out     %al, %dx
        jmp     say16
2:      ret

words_began:    .asciz "\nprovision-canary: passed the boot sector\n"
words_unread:   .asciz "provision-canary: the disk can't be read\n"

        .balign 4
packet: /* the BIOS's: read the sectors after the first to behind it */
        .byte   16, 0
        .word   (canary_image_end - second_sector) / SECTOR
        .word   AT(second_sector), 0
        .quad   1

        .balign 8
gdt:
        .quad   0
        .quad   0x00cf9a000000ffff      /* CODE32 */
        .quad   0x00cf92000000ffff      /* DATA */
        .quad   0x00af9a000000ffff      /* CODE64 */
        .quad   0x00cf92000000ffff      /* KERNEL_DATA */
        .quad   0x00cffa000000ffff      /* USER_CODE32 */
        .quad   0x00cff2000000ffff      /* USER_DATA */
        .quad   0x00affa000000ffff      /* USER_CODE64 */
        .word   103, AT(task)           /* TASK, 16 bytes */
        .byte   0, 0x89, 0, 0
        .quad   0
gdt_pointer:
        .word   . - gdt - 1
        .long   AT(gdt)

        .org    canary_image + SECTOR - 2
        .word   0xaa55
second_sector:

/* ---- protected mode, on the way to long mode ---- */

        .code32
protected:
        mov     $DATA, %ax
        mov     %ax, %ds
        mov     %ax, %es
        mov     %ax, %ss
        mov     $ORIGIN, %esp
        mov     $AT(words_protected), %esi
        call    say32
        mov     $0x80000001, %eax
        cpuid
        bt      $29, %edx
        mov     $AT(words_no_long), %esi
        jnc     say32_and_stop

        mov     $PML4, %edi             /* page tables: the same 2 MiB low and high, for ring 3 too, and the local APIC */
        xor     %eax, %eax
        mov     $(IDT + 0x1000 - PML4) / 4, %ecx
        rep stosl
        movl    $PDPT_LOW + PRESENT + WRITABLE + USER, PML4
        movl    $PDPT_HIGH + PRESENT + WRITABLE, PML4 + 511 * 8
        movl    $PD_LOW + PRESENT + WRITABLE + USER, PDPT_LOW
        movl    $PD_DEVICES + PRESENT + WRITABLE, PDPT_LOW + 3 * 8
        movl    $PD_LOW + PRESENT + WRITABLE, PDPT_HIGH + 510 * 8
        movl    $PRESENT + WRITABLE + USER + LARGE, PD_LOW
        movl    $LAPIC + PRESENT + WRITABLE + LARGE + 0x18, PD_DEVICES + ((LAPIC >> 21) & 511) * 8

        mov     %cr4, %eax
        or      $0x620, %eax            /* PAE, OSFXSR, OSXMMEXCPT */
        mov     %eax, %cr4
        mov     $PML4, %eax
        mov     %eax, %cr3
        mov     $MSR_EFER, %ecx
        rdmsr
        or      $0x101, %eax            /* long mode, syscall */
        wrmsr
        mov     %cr0, %eax
        and     $0xfffffffb, %eax       /* no emulated coprocessor */
        or      $0x80010002, %eax       /* paging, write protection in the kernel too */
        mov     %eax, %cr0
        ljmp    $CODE64, $AT(long_mode)

say32_and_stop:
        call    say32
1:      hlt
        jmp     1b

say32:
        mov     $COM1 + 5, %dx
1:      in      %dx, %al
        test    $0x20, %al
        jz      1b
        lodsb
        test    %al, %al
        jz      2f
        mov     $COM1, %dx
        out     %al, %dx
        jmp     say32
2:      ret

words_protected: .asciz "provision-canary: passed protected mode\n"
words_no_long:   .asciz "provision-canary: this processor has no long mode\n"

/* ---- long mode ---- */

        .macro  passed words
        lea     9f(%rip), %rsi
        call    say
        jmp     8f
9:      .asciz  "provision-canary: passed \words\n"
8:
        .endm

        .macro  write_msr number, high, low
        mov     $\number, %ecx
        mov     $\high, %edx
        mov     $\low, %eax
        wrmsr
        .endm

        .code64
long_mode:
        xor     %eax, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %fs
        mov     %eax, %gs
        mov     $KERNEL_DATA, %eax
        mov     %eax, %ss
        passed  "long mode"

        mov     $UPPER + AT(upper), %rax /* from here on at a kernel's address */
        jmp     *%rax
upper:
        mov     $UPPER + ORIGIN, %rsp
        passed  "a kernel's address"

        lea     exceptions(%rip), %rax  /* every vector stops with its number, save those below */
        xor     %ecx, %ecx
1:      call    set_vector
        add     $exception_size, %rax
        inc     %ecx
        cmp     $32, %ecx
        jb      1b
        lidt    idt_pointer(%rip)
        mov     $14, %ecx
        lea     on_page_fault(%rip), %rax
        call    set_vector
        mov     $VECTOR_PIT, %ecx
        lea     on_pit(%rip), %rax
        call    set_vector
        mov     $VECTOR_LAPIC, %ecx
        lea     on_lapic(%rip), %rax
        call    set_vector
        mov     $VECTOR_BACK, %ecx
        lea     on_back(%rip), %rax
        call    set_vector
        orb     $0x60, IDT + VECTOR_BACK * 16 + 5 /* ring 3 may */
        mov     $TASK, %eax
        ltr     %ax

        movq    $0x1234, FAULT_ADDRESS
        cmpq    $0x1234, FAULT_ADDRESS
        jne     stop
        passed  "a page fault"

        write_msr MSR_KERNEL_GS, 0xffffffff, 0x80001000
        swapgs                          /* now what %gs points to is the PML4's first entry */
        mov     %gs:0, %rax
        swapgs
        and     $0xfffff000, %eax
        cmp     $PDPT_LOW, %eax
        jne     stop
        passed  "model-specific registers"

        lea     task(%rip), %rax
        movups  16(%rax), %xmm0         /* zero there */
        pxor    %xmm1, %xmm1
        pcmpeqb %xmm1, %xmm0
        pmovmskb %xmm0, %eax
        cmp     $0xffff, %eax
        jne     stop
        passed  "vector instructions"

/* ---- interrupts ---- */

        mov     $0x11, %al              /* the old controllers: vectors from VECTOR_PIT on, only the timer */
        out     %al, $0x20
        out     %al, $0xa0
        mov     $VECTOR_PIT, %al
        out     %al, $0x21
        mov     $VECTOR_PIT + 8, %al
        out     %al, $0xa1
        mov     $4, %al
        out     %al, $0x21
        mov     $2, %al
        out     %al, $0xa1
        mov     $1, %al
        out     %al, $0x21
        out     %al, $0xa1
        mov     $0xfe, %al
        out     %al, $0x21
        mov     $0xff, %al
        out     %al, $0xa1
        mov     $0x34, %al              /* the old timer: 100 times a second */
        out     %al, $0x43
        mov     $11932 & 0xff, %al
        out     %al, $0x40
        mov     $11932 >> 8, %al
        out     %al, $0x40
        xor     %ebx, %ebx              /* how many came */
1:      sti
        hlt
        cli
        cmp     $3, %ebx
        jb      1b
        mov     $0xff, %al
        out     %al, $0x21
        passed  "timer interrupts"

        mov     $LAPIC, %edi
        movl    $0x1ff, 0xf0(%rdi)      /* enabled */
        movl    $0xb, 0x3e0(%rdi)       /* undivided */
        movl    $VECTOR_LAPIC, 0x320(%rdi)
        xor     %ebx, %ebx
        movl    $100000, 0x380(%rdi)
1:      sti
        hlt
        cli
        test    %ebx, %ebx
        jz      1b
        passed  "the local APIC's timer"

/* ---- ring 3 ---- */

        write_msr MSR_STAR, ((USER_CODE32 + 3) << 16) | CODE64, 0
        write_msr MSR_SFMASK, 0, 0x200
        lea     on_syscall(%rip), %rax
        mov     %rax, %rdx
        shr     $32, %rdx
        mov     $MSR_LSTAR, %ecx
        wrmsr
        pushq   $USER_DATA + 3
        pushq   $USER_STACK
        pushq   $0x202
        pushq   $USER_CODE64 + 3
        pushq   $AT(user)
        xor     %ebx, %ebx
        iretq
user:
        syscall
        syscall
        int     $VECTOR_BACK
on_back:
        cmp     $2, %ebx
        jne     stop
        passed  "ring 3"

        lea     words_ok(%rip), %rsi
        call    say
        mov     $LAPIC, %edi            /* what was said must be read before the console goes: two seconds for that */
        xor     %ebx, %ebx
        movl    $2000000000, 0x380(%rdi)
1:      sti
        hlt
        cli
        test    %ebx, %ebx
        jz      1b
        mov     $0x604, %dx             /* off, as ACPI has it on QEMU's machines */
        mov     $0x2000, %ax
        out     %ax, %dx
stop:
        cli
        hlt
        jmp     stop

on_syscall:
        inc     %ebx
        sysretq

on_pit:
        inc     %ebx
        mov     $0x20, %al
        out     %al, $0x20
        iretq

on_lapic:
        inc     %ebx
        movl    $0, 0xb0(%rdi)          /* seen */
        iretq

on_page_fault:                          /* the page is put there, and the access made again */
        push    %rax
        mov     %cr2, %rax
        cmp     $FAULT_ADDRESS, %rax
        jne     stop
        movl    $PD_LOW + PRESENT + WRITABLE, PDPT_LOW + (FAULT_ADDRESS >> 30) * 8
        pop     %rax
        add     $8, %rsp                /* the error's code */
        iretq

set_vector:                             /* %ecx to %rax */
        mov     %ecx, %edi
        shl     $4, %edi
        add     $IDT, %edi
        mov     %rax, %rdx
        mov     %ax, (%rdi)
        movw    $CODE64, 2(%rdi)
        movw    $0x8e00, 4(%rdi)
        shr     $16, %rdx
        mov     %dx, 6(%rdi)
        shr     $16, %rdx
        mov     %edx, 8(%rdi)
        ret

say:                                    /* what %rsi points to */
        mov     $COM1 + 5, %dx
1:      in      %dx, %al
        test    $0x20, %al
        jz      1b
        lodsb
        test    %al, %al
        jz      2f
        mov     $COM1, %dx
        out     %al, %dx
        jmp     say
2:      ret

exceptions:
        .set    number, 0
        .rept   32
        .balign 8
        mov     $'A' + number, %bl
        jmp     on_exception
        .set    number, number + 1
        .endr
        .balign 8
        .set    exception_size, (. - exceptions) / 32
on_exception:                           /* by a letter: A is 0, N a protection fault, O a page fault */
        lea     words_exception(%rip), %rsi
        call    say
        mov     %bl, %al
        out     %al, %dx
        mov     $'\n', %al
        out     %al, %dx
        jmp     stop

words_ok:        .asciz "provision-canary: OK\n"
words_exception: .asciz "provision-canary: met exception "

        .balign 4
idt_pointer:
        .word   IDT_COUNT * 16 - 1
        .quad   IDT

        .balign 16
task:   /* only the stack that interrupts of ring 3 take */
        .long   0
        .quad   KERNEL_STACK
        .org    task + 102
        .word   104

        .org    canary_image + 8 * SECTOR
canary_image_end:
canary_image_length:
        .long   canary_image_end - canary_image

#else /* an assembler that doesn't know that processor's words: no image */

        .section .rodata
        .globl  canary_image
        .globl  canary_image_length
        .balign 16
canary_image:
canary_image_length:
        .long   0

#endif

        .section .note.GNU-stack, "", %progbits

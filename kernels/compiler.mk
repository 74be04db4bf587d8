# SPDX-License-Identifier: BSD-2-Clause
#
# How kernels and programs for them are compiled and linked; included by their
# Makefiles. CROSS: prefix of the cross compiler; CROSS_FLAGS: -m32 for a native one.
#
#	make -f kernels/compiler.mk CROSS=i686-linux-gnu- flags
#
# prints the flags, with which the harness tries a compiler.

CC := $(CROSS)gcc
comma := ,

# Integer instructions of the 486 only.
CFLAGS := -std=gnu11 -O2 -march=i486 -mtune=i486 -mgeneral-regs-only \
	-ffreestanding -fno-builtin -fno-pic -fno-pie -fno-stack-protector \
	-fno-asynchronous-unwind-tables -fomit-frame-pointer \
	-fno-strict-aliasing -fcf-protection=none \
	-Wall -Wextra -Wmissing-prototypes -Wstrict-prototypes $(CROSS_FLAGS)
# Where uint32_t is long, as it is for i686-elf-gcc, the code would be another one.
CPPFLAGS := -U__INT32_TYPE__ -D__INT32_TYPE__=int -U__UINT32_TYPE__ -D__UINT32_TYPE__=unsigned
LDFLAGS := -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
	-Wl,-z,noexecstack
# Of a segment that is written and executed linkers warn since binutils 2.39.
LDFLAGS += $(addprefix -Wl$(comma),$(shell $(CC) -Wl,--help 2>/dev/null | grep -o -m1 -e --no-warn-rwx-segments))

# All that is made depends on how: on the makefile that includes this one, on this one,
# and on the compiler, which the harness describes in O/compiler.
MADE_WITH = $(makefiles) $(wildcard $(O)/compiler)
makefiles := $(MAKEFILE_LIST)

flags:
	@echo $(CFLAGS) $(CPPFLAGS) $(LDFLAGS)

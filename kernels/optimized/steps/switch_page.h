/* SPDX-License-Identifier: BSD-2-Clause */
/* 5.5.2: all code of the path is in one page. */

.macro	switch_page
.endm

.macro	switch_page_end
.endm

.macro	end_of_switch_page
.endm

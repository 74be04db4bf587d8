# SPDX-License-Identifier: BSD-2-Clause
# GNU Mach in figures 7 and 8, or why it is not there. no_peer: the reason, or
# nothing.
peer = no_peer eq "" ? "gnumach_message_one_trap gnumach_message_two_traps" : ""
array PEER_TITLE[2] = ["GNU Mach 1.8, one trap a side (i486 model)", \
    "GNU Mach 1.8, two traps a side (i486 model)"]
if (no_peer ne "") set label 99 "GNU Mach 1.8 was not measured: ".no_peer[1:90] \
    at graph 1, graph 1.02 right font ",11" textcolor rgb "#777777"

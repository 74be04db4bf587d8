# SPDX-License-Identifier: BSD-2-Clause
# The paper's figure 7: bars at 8, 12, 128 and 512 bytes. On top of each, paler:
# with the cache flushed before each message.
set title "Figure 7: IPC between two address spaces, one way, warm cache; paler: cache flushed"
set xlabel "message length, bytes"
set ylabel sprintf("us, 486DX at %d MHz", mhz)
set yrange [0:*]
set xrange [-0.5:3.5]
set boxwidth 0.13
set key top left reverse Left
load plots."/peer.gp"

warm = "optimized_warm paper_L3 baseline_warm paper_Mach paper_Mach_printed"
cold = "optimized_cold paper_L3_cold baseline_cold"

# Centre of bar n (0 to 5) in a group; what is written above a bar.
x(group, n) = group + 0.145 * n - 0.36
text(name) = sprintf(column(name) >= 10 ? "%.0f" : "%.1f", column(name))
# The number of a cold bar is not written into that of the warm one: us.
LINE = 10
above(cold, warm) = column(cold) > column(warm) + LINE ? column(cold) : column(warm) + LINE

plot data every ::0::3 using 0:(0):xticlabels(1) with points pointsize 0 notitle, \
     "" every ::0::3 using (x($0, 0)):"optimized_cold" with boxes \
         fill solid lc rgb OPTIMIZED_COLD notitle, \
     "" every ::0::3 using (x($0, 0)):"optimized_warm" with boxes \
         fill solid lc rgb OPTIMIZED title "optimized (ours, i486 model)", \
     "" every ::0::3 using (x($0, 1)):"paper_L3_cold" with boxes \
         fill pattern 4 lc rgb PAPER_L3_COLD notitle, \
     "" every ::0::3 using (x($0, 1)):"paper_L3" with boxes \
         fill pattern 4 lc rgb PAPER_L3 title "L3 (paper, measured)", \
     "" every ::0::3 using (x($0, 2)):"baseline_cold" with boxes \
         fill solid lc rgb BASELINE_COLD notitle, \
     "" every ::0::3 using (x($0, 2)):"baseline_warm" with boxes \
         fill solid lc rgb BASELINE title "baseline (ours, i486 model)", \
     "" every ::0::3 using (x($0, 3)):"paper_Mach" with boxes \
         fill pattern 5 lc rgb PAPER_MACH title "Mach (paper, measured, as drawn)", \
     "" every ::0::3 using (x($0, 4)):"paper_Mach_printed" with boxes \
         fill pattern 2 lc rgb PAPER_MACH title "Mach (paper, measured, as printed in table 7)", \
     for [n = 1:(words(peer) > 0)] "" every ::0::3 using (x($0, 5)):word(peer, 1) with boxes \
         fill solid lc rgb GNU_MACH title PEER_TITLE[1], \
     for [n = 1:(words(peer) > 0)] "" every ::0::3 using (x($0, 5)):word(peer, 1):(text(word(peer, 1))) \
         with labels font ",11" offset 0,0.6 notitle, \
     for [n = 0:2] "" every ::0::3 using (x($0, n)):(above(word(cold, n + 1), word(warm, n + 1))):(text(word(cold, n + 1))) \
         with labels font ",11" offset 0,0.6 textcolor rgb "#777777" notitle, \
     for [n = 0:4] "" every ::0::3 using (x($0, n)):word(warm, n + 1):(text(word(warm, n + 1))) \
         with labels font ",11" offset 0,0.6 notitle

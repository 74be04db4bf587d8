# SPDX-License-Identifier: BSD-2-Clause
# The paper's figure 7: bars at 8, 12, 128 and 512 bytes. On top of each, paler:
# with the cache flushed before each message.
set title "Figure 7: IPC between two address spaces, one way, warm cache; paler: cache flushed"
set xlabel "message length, bytes"
set ylabel sprintf("us, 486DX at %d MHz", mhz)
set yrange [0:*]
set xrange [-0.5:3.5]
set boxwidth 0.18
set key top left reverse Left

warm = "optimized_warm paper_L3 baseline_warm paper_Mach"
cold = "optimized_cold paper_L3_cold baseline_cold"

# Centre of bar n (0 to 3) in a group; what is written above a bar.
x(group, n) = group + 0.2 * n - 0.3
text(name) = sprintf(name eq "paper_Mach" ? "%.0f" : "%.1f", column(name))

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
     for [n = 0:2] "" every ::0::3 using (x($0, n)):word(cold, n + 1):(text(word(cold, n + 1))) \
         with labels offset 0,0.6 textcolor rgb "#777777" notitle, \
     for [n = 0:3] "" every ::0::3 using (x($0, n)):word(warm, n + 1):(text(word(warm, n + 1))) \
         with labels offset 0,0.6 notitle

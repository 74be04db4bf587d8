# SPDX-License-Identifier: BSD-2-Clause
# The paper's figure 7: bars at 8, 12, 128 and 512 bytes.
set title "Figure 7: IPC between two address spaces, one way, warm cache"
set style data histograms
set style histogram clustered gap 1
set boxwidth 0.9
set xlabel "message length, bytes"
set ylabel sprintf("us, 486DX at %d MHz", mhz)
set yrange [0:*]
set xrange [-0.5:3.5]
set key top left reverse Left

plot data every ::0::3 using "optimized_warm":xticlabels(1) \
         fill solid lc rgb OPTIMIZED title "optimized (ours, i486 model)", \
     "" every ::0::3 using "paper_L3" \
         fill pattern 4 lc rgb PAPER_L3 title "L3 (paper, measured)", \
     "" every ::0::3 using "baseline_warm" \
         fill solid lc rgb BASELINE title "baseline (ours, i486 model)", \
     "" every ::0::3 using "paper_Mach" \
         fill pattern 5 lc rgb PAPER_MACH title "Mach (paper, measured, as drawn)", \
     "" every ::0::3 using ($0 - 0.30):"optimized_warm":(sprintf("%.1f", column("optimized_warm"))) \
         with labels offset 0,0.6 notitle, \
     "" every ::0::3 using ($0 - 0.10):"paper_L3":(sprintf("%.1f", column("paper_L3"))) \
         with labels offset 0,0.6 notitle, \
     "" every ::0::3 using ($0 + 0.10):"baseline_warm":(sprintf("%.1f", column("baseline_warm"))) \
         with labels offset 0,0.6 notitle, \
     "" every ::0::3 using ($0 + 0.30):"paper_Mach":(sprintf("%.0f", column("paper_Mach"))) \
         with labels offset 0,0.6 notitle

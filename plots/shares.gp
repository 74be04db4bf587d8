# SPDX-License-Identifier: BSD-2-Clause
# Shapley shares: a bar a technique, with its interval where orders were drawn.
set title "What each technique contributes to ".whole.", ".size." bytes\n\
percent, the average over all orders of switching on (i486 model)" offset 0,-0.5
set yrange [count - 0.5:-0.7]
set ytics scale 0 noenhanced
set xtics nomirror
set grid noytics xtics
set border 1
unset key
set lmargin 24
set rmargin 8
plot data using (0):0:(0):"percent":($0 - 0.3):($0 + 0.3):yticlabels(strcol("switch")) \
         with boxxyerror fill solid noborder lc rgb OPTIMIZED, \
     "" using "percent":0:"low95":"high95" with xerrorbars pt 0 lc rgb "#222222" lw 1, \
     "" using (column("high95") > column("percent") ? column("high95") : column("percent")):0:\
(sprintf(" %.1f", column("percent"))) with labels left

# SPDX-License-Identifier: BSD-2-Clause
# Shapley shares: a bar a technique, with its interval where orders were drawn.
set title "From ".whole.", ".size." bytes: what each technique contributes\n\
percent, the average over ".over." of switching on (i486 model)" offset 0,-0.5
more(a, b) = b > a ? b : a
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
     "" using (more(0, more(column("percent"), column("high95")))):0:\
(sprintf("%.1f", abs(column("percent")) < 0.05 ? 0 : column("percent"))) with labels left offset 0.9,0

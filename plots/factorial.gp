# SPDX-License-Identifier: BSD-2-Clause
# Interactions of pairs, a square each: percent of what all save together; on the diagonal
# what each saves by itself on the average.
set title size." bytes: what two techniques save together\n\
more than one by one, percent of the ".whole."\n\
that all save; on the diagonal each alone" offset 0,-0.5
set size square
set xrange [-0.5:count - 0.5]
set yrange [count - 0.5:-0.5]
set xtics rotate by 35 right scale 0 noenhanced
set ytics scale 0 noenhanced
unset key
unset grid
set border 0
# Blue more, orange less: colours that are told apart by all eyes, and in grey.
set palette defined (-1 "#d95f02", 0 "#ffffff", 1 "#3d7fb8")
set cbrange [-most:most]
unset colorbox
set rmargin 4
set lmargin 24
set bmargin 7
plot data using "x":"y":"percent":xticlabels(strcol("x_name")):yticlabels(strcol("y_name")) \
         with image, \
     "" using "x":"y":(sprintf("%.1f", column("percent"))) with labels \
         font (GPVAL_TERM eq "svg" ? ",11" : ",15")

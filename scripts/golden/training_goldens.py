"""Goldens of whole models trained by Keras 3: see training_case.py. Run: python scripts/golden/training_goldens.py"""

import training_fitting
import training_graphs
import training_sequences
import training_stacks

for family in (training_stacks, training_sequences, training_graphs, training_fitting):
    family.cases.write()

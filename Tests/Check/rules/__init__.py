# SPDX-License-Identifier: Apache-2.0
"""One module a rule. Each has

    TITLE                  what the rule wants, in a few words
    findings(tree)         one line for each place that breaks it
    GOOD, BAD              examples, each a dictionary of paths and texts: the rule must say nothing of a good
                           one, and of a bad one something that holds the words given with it

or, where examples cannot be a few lines of text, a function `examples(directory)` that makes trees and yields
(directory, words or None).
"""

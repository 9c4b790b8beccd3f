"""The rule set editor: forms made from the node models, the tree as plain data, pasting, and the worked example."""

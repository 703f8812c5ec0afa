"""Case files 卷宗: what is in one, its documents on paper, its proof, the package; built by due work, bit by bit."""

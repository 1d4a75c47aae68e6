CASES = []
ALONE = []

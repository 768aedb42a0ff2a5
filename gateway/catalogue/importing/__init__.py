"""Takes a list of service items (政务服务事项清单) into the catalogue; see ``docs/import.md``.

    tables, xlsx     the file → its lines, cell by cell
    mapping          which column is which fact, what foreign codes mean
    codes, facts     one cell → one value of the model
    lines            one line → what it says of an item and its department, or why it cannot be used
    departments, items   all lines → records with lasting ids
    folder           records → files; what a person has written is never written over
    report           what became of every line
    run              all of it, in this order
"""

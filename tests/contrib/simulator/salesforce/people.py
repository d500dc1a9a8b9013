"""
Who the simulated organization holds.
"""

ANA, BO, LEA = "0035e00000AnaAAAAZ", "0035e00000BoBAAAA3", "00Q5e00000LeaAAEAZ"
PEOPLE = [
    {"id": ANA, "FirstName": "Ana", "LastName": "O'Neil", "Email": "ana@example.com"},
    {"id": BO, "LastName": "Berg", "Phone": "+45 1234"},
    {"id": LEA, "LastName": "Lee", "Company": "Lee & Co"},
]
NOBODY = "0035e00000NobodAAA"

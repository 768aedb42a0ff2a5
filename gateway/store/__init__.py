"""The database: tables, sessions, migrations, and Rasa's tracker store on top of them."""

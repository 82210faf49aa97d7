"""How far prices may lie from what is predicted: conformal intervals, what makes a row hard, and scores."""

"""What was answered, judged: traffic, drift of what was asked, errors before and after prices are known."""

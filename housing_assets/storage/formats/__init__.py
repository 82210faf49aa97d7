"""Values as bytes, equal for equal values, and back."""

"""Commands that start servers and stay, each alone or all of them by `housing up`."""

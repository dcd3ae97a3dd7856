"""New music by recipe: from what a user wishes to a recipe, its latent, a sound that is safe for ears, and a file."""

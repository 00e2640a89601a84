"""What an evaluation of the validation part finds beside loss and accuracy: the pictures of `What it learned`."""

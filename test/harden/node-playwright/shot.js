// takes a picture

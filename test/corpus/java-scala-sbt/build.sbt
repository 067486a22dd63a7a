name := "play"

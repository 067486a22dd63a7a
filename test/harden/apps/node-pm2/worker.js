setInterval(() => console.log('still working'), 1000)

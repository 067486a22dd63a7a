use std::io::{Read, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(2).unwrap_or_else(|| ".".into());
    std::fs::create_dir_all(&folder)?;
    let mut asked = 0;
    for stream in TcpListener::bind("0.0.0.0:7000")?.incoming() {
        let mut stream = stream?;
        stream.read(&mut [0; 1024])?;
        asked += 1;
        std::fs::write(format!("{folder}/asked"), asked.to_string())?;
        write!(stream, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nasked {asked} times")?;
    }
    Ok(())
}

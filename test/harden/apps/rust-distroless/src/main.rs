use std::io::{Read, Write};
use std::net::TcpListener;

fn main() -> std::io::Result<()> {
    for stream in TcpListener::bind("0.0.0.0:7000")?.incoming() {
        let mut stream = stream?;
        let mut request = [0; 1024];
        let length = stream.read(&mut request)?;
        stream.write_all(&request[..length])?;
    }
    Ok(())
}

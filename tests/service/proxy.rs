//! A line between the service and a server that a test can cut, and mend again.

use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A line that forwards to another address.
pub struct Line {
    /// Where it listens.
    pub address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Line {
    /// A line to `to`, such as `127.0.0.1:5432`.
    pub async fn to(to: &str) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("the port has a number");
        let (whole, is_whole) = watch::channel(true);
        let to = to.to_owned();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (to, mut is_whole) = (to.clone(), is_whole.clone());
                tokio::spawn(async move {
                    if *is_whole.borrow() {
                        tokio::select! {
                            () = forward(near, &to) => {}
                            _ = is_whole.wait_for(|whole| !whole) => {}
                        }
                    }
                });
            }
        });
        Line { address, whole }
    }

    /// Cuts every connection, and refuses new ones.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn forward(mut near: TcpStream, to: &str) {
    if let Ok(mut far) = TcpStream::connect(to).await {
        let _ = tokio::io::copy_bidirectional(&mut near, &mut far).await;
    }
}

//! The address of the sender.

use std::net::IpAddr;

use http::HeaderName;
use ipnet::IpNet;

use super::{Attempt, Proof, Reason, Verdict, Verifier, VerifierError};

/// The address a connection came from, as an extension of the request.
///
/// [`server::Server`](crate::server::Server) sets it. Under another server put it in yourself, or
/// [`SourceNetworks`] refuses everybody:
///
/// ```
/// # use okdesk_webhooks::verify::Peer;
/// # let mut request = http::Request::new(());
/// # let remote: std::net::SocketAddr = "203.0.113.7:4711".parse().unwrap();
/// request.extensions_mut().insert(Peer(remote.ip()));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// Accepts requests that come from named networks.
///
/// Behind a proxy every connection comes from the proxy, and `X-Forwarded-For` can be written by anybody. So
/// the header is believed only when the connection comes from a proxy you trust, and it is read from the
/// right: addresses of trusted proxies are skipped, the first other one is the sender, whatever stands to the
/// left of it.
///
/// > Not confirmed: which addresses Okdesk sends from. Ask its support, and pair this verifier with a secret.
///
/// ```
/// # use okdesk_webhooks::verify::{Attempt, SourceNetworks, Verdict, Verifier};
/// let networks = SourceNetworks::new(["203.0.113.0/24", "2001:db8::1"])?.trusting_proxies(["10.0.0.0/8"])?;
/// let mut headers = http::HeaderMap::new();
/// headers.insert("x-forwarded-for", "198.51.100.1, 203.0.113.9, 10.0.0.2".parse().unwrap());
/// let attempt = Attempt::new(&headers);
///
/// let proxy = Some("10.0.0.1".parse().unwrap());
/// assert!(matches!(networks.verify(&attempt.with_peer(proxy)), Verdict::Accept(_)));
/// let stranger = Some("198.51.100.1".parse().unwrap());
/// assert!(matches!(networks.verify(&attempt.with_peer(stranger)), Verdict::Refuse(_)));
/// # Ok::<(), okdesk_webhooks::verify::VerifierError>(())
/// ```
#[derive(Debug, Clone)]
pub struct SourceNetworks {
    allowed: Vec<IpNet>,
    proxies: Vec<IpNet>,
    header: HeaderName,
}

impl SourceNetworks {
    const NAME: &'static str = "source networks";

    /// The addresses and networks to accept, in CIDR form.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn new(networks: impl IntoIterator<Item = impl AsRef<str>>) -> Result<Self, VerifierError> {
        Ok(Self {
            allowed: parse_all(networks)?,
            proxies: Vec::new(),
            header: HeaderName::from_static("x-forwarded-for"),
        })
    }

    /// The proxies whose word on the sender is taken, in CIDR form.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn trusting_proxies(
        mut self,
        networks: impl IntoIterator<Item = impl AsRef<str>>,
    ) -> Result<Self, VerifierError> {
        self.proxies = parse_all(networks)?;
        Ok(self)
    }

    /// The header in which the proxies list the addresses; `X-Forwarded-For` until told otherwise.
    ///
    /// # Errors
    /// When the header has no valid name.
    pub fn forwarded_in(mut self, header: &str) -> Result<Self, VerifierError> {
        self.header = HeaderName::try_from(header).map_err(|_| VerifierError::HeaderName)?;
        Ok(self)
    }

    fn sender(&self, attempt: &Attempt<'_>) -> Result<IpAddr, Reason> {
        let peer = attempt.peer().ok_or(Reason::Missing)?.to_canonical();
        if !contains(&self.proxies, peer) {
            return Ok(peer);
        }
        let lines = attempt.headers().get_all(&self.header);
        for line in lines.iter().rev() {
            for hop in line.to_str().map_err(|_| Reason::Malformed)?.rsplit(',') {
                let hop: IpAddr = hop.trim().parse().map_err(|_| Reason::Malformed)?;
                let hop = hop.to_canonical();
                if !contains(&self.proxies, hop) {
                    return Ok(hop);
                }
            }
        }
        Err(Reason::Missing)
    }
}

impl Verifier for SourceNetworks {
    fn verify(&self, attempt: &Attempt<'_>) -> Verdict {
        match self.sender(attempt) {
            Ok(sender) if contains(&self.allowed, sender) => Verdict::Accept(Proof {
                verifier: Self::NAME,
                secret: 0,
            }),
            Ok(_) => Verdict::refuse(Self::NAME, Reason::Mismatch),
            Err(reason) => Verdict::refuse(Self::NAME, reason),
        }
    }
}

fn contains(networks: &[IpNet], address: IpAddr) -> bool {
    networks.iter().any(|network| network.contains(&address))
}

fn parse_all(
    networks: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Vec<IpNet>, VerifierError> {
    networks
        .into_iter()
        .map(|text| {
            let text = text.as_ref().trim();
            let parsed = text
                .parse()
                .or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
            parsed.map_err(|_| VerifierError::Network)
        })
        .collect()
}

//! The node's end of the socket.
//!
//! Signatures are asked for by the core, which waits for them for a part of a second at most. That
//! blocks could be made is said by a thread of its own, which also learns who makes them: a node
//! that does not is spared the making. This file must never know what a slot is.

use crate::address::Address;
use crate::protocol::{
    Answer, Question, SignerError, VERSION, parse, read_key, read_signature, sign,
};
use crate::stream::{Lines, Stream};
use carbyne_chain::{BlockSigner, SigningRefusal};
use carbyne_crypto::{PublicKey, Signature};
use carbyne_protocol::transaction::BlockHeader;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long the core waits for a signature.
const SIGN_LIMIT: Duration = Duration::from_millis(500);
/// How long everything else may take.
const ASK_LIMIT: Duration = Duration::from_secs(5);

/// A signer that is asked over a socket.
#[derive(Debug)]
pub struct Remote {
    address: Address,
    node: String,
    link: Mutex<Option<Link>>,
    /// Why nothing would be signed, as far as is known.
    unready: Mutex<Option<SigningRefusal>>,
}

/// A connection on which hello was said.
struct Link(Lines);

impl std::fmt::Debug for Link {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Link")
    }
}

/// What a signer said to hello.
struct Welcome {
    keys: Vec<PublicKey>,
    lease_seconds: u32,
}

impl Link {
    fn open(address: &Address, node: &str, until: Instant) -> Result<(Self, Welcome), SignerError> {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let mut link = Self(Lines::new(Stream::connect(address, left)?));
        let hello = Question::Hello { version: VERSION, node: node.to_owned() };
        match link.ask(&hello, until)? {
            Answer::Welcome { keys, lease_seconds } => {
                let no_key = || SignerError::NotUnderstood("this is no key".to_owned());
                let keys = keys.iter().map(|key| read_key(key).ok_or_else(no_key));
                Ok((link, Welcome { keys: keys.collect::<Result<_, _>>()?, lease_seconds }))
            }
            Answer::NotUnderstood(why) => Err(SignerError::Refused(why)),
            other => Err(SignerError::NotUnderstood(format!("{other:?}"))),
        }
    }

    fn ask(&mut self, question: &Question, until: Instant) -> Result<Answer, SignerError> {
        self.0.until(until);
        self.0.write(question)?;
        parse(&self.0.read()?.ok_or(SignerError::Ended)?)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Remote {
    /// Asks a signer for its keys, and goes on to ask it for signatures with each. `node` is what
    /// the signer knows this node by: the same after a restart, and no other's.
    pub fn connect(address: &Address, node: &str) -> Result<Vec<RemoteKey>, SignerError> {
        let (link, welcome) = Link::open(address, node, Instant::now() + ASK_LIMIT)?;
        tracing::info!(
            signer = %address,
            keys = welcome.keys.len(),
            lease_seconds = welcome.lease_seconds,
            "found"
        );
        let remote = Arc::new(Self {
            address: address.clone(),
            node: node.to_owned(),
            link: Mutex::new(Some(link)),
            unready: Mutex::default(),
        });
        let (wake, woken) = sync_channel(1);
        let theirs = remote.clone();
        let thread = thread::Builder::new().name("signer".into());
        thread.spawn(move || theirs.keep(&woken))?;
        let key = |key: PublicKey| RemoteKey { key, remote: remote.clone(), wake: wake.clone() };
        Ok(welcome.keys.into_iter().map(key).collect())
    }

    /// Tells the signer that blocks can be made, whenever it is said here.
    fn keep(&self, woken: &Receiver<()>) {
        let mut link = None;
        while woken.recv().is_ok() {
            let unready = match self.say_ready(&mut link) {
                Ok(Answer::Yours) => None,
                Ok(Answer::Refused(why)) => Some(why.into()),
                Ok(other) => Some(SigningRefusal::NoAnswer { reason: format!("{other:?}") }),
                Err(error) => {
                    link = None;
                    Some(SigningRefusal::NoAnswer { reason: error.to_string() })
                }
            };
            self.tell(&unready);
            *locked(&self.unready) = unready;
        }
    }

    fn say_ready(&self, link: &mut Option<Link>) -> Result<Answer, SignerError> {
        let until = Instant::now() + ASK_LIMIT;
        let mut used = match link.take() {
            Some(link) => link,
            None => Link::open(&self.address, &self.node, until)?.0,
        };
        let answer = used.ask(&Question::Ready, until)?;
        *link = Some(used);
        Ok(answer)
    }

    /// Says when it changes whether blocks would be signed.
    fn tell(&self, now: &Option<SigningRefusal>) {
        let was_ready = locked(&self.unready).is_none();
        match now {
            Some(SigningRefusal::Leased { holder, .. }) if was_ready => {
                tracing::info!(holder, "another node makes the blocks; this one stands by");
            }
            Some(refusal) if was_ready => tracing::error!(%refusal, "no block would be signed"),
            None if !was_ready => tracing::info!("this node makes the blocks"),
            _ => {}
        }
    }

    /// Asks on the connection that there is, or, if it is broken, on a new one.
    fn sign(&self, question: &Question) -> Result<Answer, SignerError> {
        let until = Instant::now() + SIGN_LIMIT;
        let mut link = locked(&self.link);
        if let Some(mut used) = link.take()
            && let Ok(answer) = used.ask(question, until)
        {
            *link = Some(used);
            return Ok(answer);
        }
        let (mut used, _) = Link::open(&self.address, &self.node, until)?;
        let answer = used.ask(question, until)?;
        *link = Some(used);
        Ok(answer)
    }
}

/// A key of a [`Remote`] signer.
#[derive(Debug)]
pub struct RemoteKey {
    key: PublicKey,
    remote: Arc<Remote>,
    wake: SyncSender<()>,
}

impl BlockSigner for RemoteKey {
    fn public_key(&self) -> PublicKey {
        self.key
    }

    fn ready(&self) -> Result<(), SigningRefusal> {
        let _woken_already = self.wake.try_send(());
        locked(&self.remote.unready).clone().map_or(Ok(()), Err)
    }

    fn sign_header(&self, header: &BlockHeader) -> Result<Signature, SigningRefusal> {
        let no_answer = |reason: String| SigningRefusal::NoAnswer { reason };
        match self.remote.sign(&sign(&self.key, header)) {
            Ok(Answer::Signed(text)) => {
                read_signature(&text).ok_or_else(|| no_answer("this is no signature".to_owned()))
            }
            Ok(Answer::Refused(why)) => Err(why.into()),
            Ok(other) => Err(no_answer(format!("{other:?}"))),
            Err(error) => Err(no_answer(error.to_string())),
        }
    }
}

#![allow(missing_docs)]
pub mod hash {
    pub fn sha256(_: &[u8]) -> [u8; 32] {
        [0; 32]
    }
    pub fn sha224(_: &[u8]) -> [u8; 28] {
        [0; 28]
    }
    pub fn ripemd160(_: &[u8]) -> [u8; 20] {
        [0; 20]
    }
    pub struct Sha256;
    impl Sha256 {
        pub fn new() -> Self {
            Self
        }
        pub fn update(&mut self, _: &[u8]) {}
        pub fn finish(self) -> [u8; 32] {
            [0; 32]
        }
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PublicKey(pub [u8; 33]);
impl Default for PublicKey {
    fn default() -> Self {
        Self([0; 33])
    }
}
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Address(pub [u8; 20]);
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct PtsAddress(pub [u8; 25]);
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Signature(pub [u8; 65]);
impl Default for Signature {
    fn default() -> Self {
        Self([0; 65])
    }
}
#[derive(Debug)]
pub struct SignatureError;
#[derive(Debug)]
pub struct KeyError;
impl std::fmt::Display for KeyError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
impl std::fmt::Display for SignatureError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        Ok(())
    }
}
pub struct PrivateKey;
impl PrivateKey {
    pub fn sign(&self, _: &[u8; 32]) -> Signature {
        Signature([0; 65])
    }
}
pub fn recover(_: &[u8; 32], _: &Signature) -> Result<PublicKey, SignatureError> {
    Err(SignatureError)
}
impl PublicKey {
    pub fn to_text(&self, _: &str) -> String {
        String::new()
    }
    pub fn from_text(_: &str, _: &str) -> Result<Self, KeyError> {
        Err(KeyError)
    }
}
impl Address {
    pub fn to_text(&self, _: &str) -> String {
        String::new()
    }
    pub fn from_text(_: &str, _: &str) -> Result<Self, KeyError> {
        Err(KeyError)
    }
}

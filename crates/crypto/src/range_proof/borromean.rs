//! Borromean ring signatures: several rings that share one challenge.
//!
//! Who signs knows the secret of one member of every ring, and nobody can see of which (borromean.h
//! of secp256k1-zkp). Never knows what the members stand for.

use crate::curve::{FinitePoint, Scalar, is_zero, nonzero_scalar, point_bytes, times_generator};
use crate::hash::Sha256;

use super::PerMember;

/// A signature: the shared challenge and a response for every member.
pub(super) struct RingSignature {
    /// The challenge that all rings begin with.
    pub challenge: [u8; 32],
    /// A number for every member.
    pub responses: PerMember<Scalar>,
}

/// What the signer knows of one ring.
pub(super) struct RingSecret {
    /// The member whose secret is known.
    pub index: usize,
    /// The secret of that member's point.
    pub key: Scalar,
    /// A number used once.
    pub nonce: Scalar,
}

/// One ring while somebody goes around it.
struct Ring<'a> {
    number: u32,
    members: &'a [FinitePoint],
    message: &'a [u8; 32],
}

/// Where a walk along a ring ended.
struct Walk {
    /// The challenge of every member passed.
    challenges: Vec<Scalar>,
    /// What the challenge of the next member is made from.
    source: Vec<u8>,
}

impl Ring<'_> {
    /// The challenge of member `index`, made from what the member before it left.
    fn challenge(&self, source: &[u8], index: usize) -> Option<Scalar> {
        let mut digest = Sha256::new();
        digest.update(source);
        digest.update(self.message);
        digest.update(&self.number.to_be_bytes());
        digest.update(&u32::try_from(index).ok()?.to_be_bytes());
        nonzero_scalar(&digest.finish())
    }

    /// Passes one member after the other, from member `start` on, as many as there are responses.
    fn walk(&self, start: usize, source: &[u8], responses: &[Scalar]) -> Option<Walk> {
        let mut walk = Walk { challenges: Vec::new(), source: source.to_vec() };
        for (index, response) in (start..).zip(responses) {
            let challenge = self.challenge(&walk.source, index)?;
            let member = self.members.get(index)?;
            walk.source = member.combine(&challenge, response)?.to_vec();
            walk.challenges.push(challenge);
        }
        Some(walk)
    }
}

fn rings<'a>(
    members: &'a PerMember<FinitePoint>,
    message: &'a [u8; 32],
) -> impl Iterator<Item = Ring<'a>> {
    (0..).zip(members).map(move |(number, members)| Ring { number, members, message })
}

/// The challenges of all members if the signature fits members and message.
pub(super) fn verify(
    signature: &RingSignature,
    members: &PerMember<FinitePoint>,
    message: &[u8; 32],
) -> Option<PerMember<Scalar>> {
    let mut digest = Sha256::new();
    let mut challenges = Vec::new();
    for (ring, responses) in rings(members, message).zip(&signature.responses) {
        let walk = ring.walk(0, &signature.challenge, responses)?;
        digest.update(&walk.source);
        challenges.push(walk.challenges);
    }
    digest.update(message);
    (digest.finish() == signature.challenge).then_some(challenges)
}

/// Signs. `responses` come in random and go out as part of the signature, with those of the known
/// members computed. `None` if a number happens to be unusable, which nobody will see.
pub(super) fn sign(
    members: &PerMember<FinitePoint>,
    mut responses: PerMember<Scalar>,
    secrets: &[RingSecret],
    message: &[u8; 32],
) -> Option<RingSignature> {
    let mut digest = Sha256::new();
    for ((ring, secret), responses) in rings(members, message).zip(secrets).zip(&responses) {
        let source = point_bytes(&times_generator(&secret.nonce))?;
        let next = secret.index + 1;
        digest.update(&ring.walk(next, &source, responses.get(next..)?)?.source);
    }
    digest.update(message);
    let challenge = digest.finish();
    for ((ring, secret), responses) in rings(members, message).zip(secrets).zip(&mut responses) {
        let walk = ring.walk(0, &challenge, responses.get(..secret.index)?)?;
        let own = ring.challenge(&walk.source, secret.index)?;
        let response = secret.nonce - own * secret.key;
        *responses.get_mut(secret.index)? = response;
        if is_zero(&response) {
            return None;
        }
    }
    Some(RingSignature { challenge, responses })
}

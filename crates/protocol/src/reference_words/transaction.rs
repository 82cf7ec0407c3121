//! What the reference says about transactions and blocks.

use crate::recovered::RecoveryRefusal;

reference_words! { RecoveryRefusal {
    NoOperations => "operations.size() > 0: A transaction must have at least one operation",
    DuplicateSignature => "Duplicate Signature detected",
    BadSignature { asked } => "{asked}",
    BadRecoveryByte => "unable to reconstruct public key from signature",
    NotRecovered => "the signatures were not recovered",
} }

questions! {
    SIGNATURE_NOT_CANONICAL = "is_canonical( c ): signature is not canonical";
    SIGNATURE_WITHOUT_KEY =
        "secp256k1_ecdsa_recover_compact( detail::_get_context(), (unsigned char*) \
         digest.data(), c.data() + 1, my->_key.data(), (int*) &pk_len, 1, (*c.data() - 27) & 3 ): \
         ";
}

//! What the reference says about confidential transfers.

use crate::ops::confidential::ConfidentialRefusal;

reference_words! { ConfidentialRefusal {
    NegativeFee => "fee.amount >= 0: ",
    AmountNotPositive => "amount.amount > 0: ",
    NoInputs { asked } => "{asked}",
    NoOutputs => "out.size(): there must be at least one output",
    NotSorted { asked } => "{asked}",
    ImpossibleOwner => "!outputs[i].owner.is_impossible(): ",
    BadBlindingFactor =>
        "secp256k1_pedersen_commit( detail::_get_context(), result.data(), (unsigned char*) \
         blind.data(), value ): ",
    SumMismatch { asked } => "{asked}",
    NoRangeProof =>
        "secp256k1_rangeproof_info( detail::_get_context(), (int*)&result.exp, \
         (int*)&result.mantissa, (uint64_t*)&result.min_value, (uint64_t*)&result.max_value, \
         (const unsigned char*)proof.data(), (int)proof.size() ): ",
    RangeTooLarge => "info.max_value <= GRAPHENE_MAX_SHARE_SUPPLY: ",
    FeeAsset => "amount.asset_id == fee.asset_id: ",
} }

questions! {
    TO_SORTED = "out[i-1] < out[i]: all outputs must be sorted by commitment id";
    TO_SUM = "fc::ecc::verify_sum( {public_c}, out, 0 ): ";
    FROM_INPUTS = "inputs.size() > 0: ";
    FROM_SORTED = "in[i-1] < in[i]: all inputs must be sorted by commitment id";
    FROM_SUM = "fc::ecc::verify_sum( in, out, 0 ): ";
    SORTED_INPUTS = "in[i-1] < in[i]: ";
    SORTED_OUTPUTS = "out[i-1] < out[i]: ";
    BLIND_INPUTS = "in.size(): there must be at least one input";
    BLIND_SUM = "fc::ecc::verify_sum( in, out, net_public ): ";
}

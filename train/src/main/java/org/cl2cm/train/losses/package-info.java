/// The losses of CL2CM as functions on tensors: A and C ([ContrastiveLoss]), B
/// ([WordAlignmentLoss] over a
/// [TransportPlan]), D ([RelationalDistillation]), and the triplet variant ([HardestNegativeLoss]).
///
/// All of them compute in float32 whatever autocast says, and return a scalar tensor in the caller's
/// `PointerScope`.
@NullMarked
package org.cl2cm.train.losses;

import org.jspecify.annotations.NullMarked;

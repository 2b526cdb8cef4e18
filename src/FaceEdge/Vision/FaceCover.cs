namespace FaceEdge.Vision;

/// <summary>
/// What keeps an encoder from seeing whose face it is: how sure it is, 0..1, that a part is covered or that the light has wiped the face out. From 0.5 on
/// it is taken for so unless the settings say otherwise; see <see cref="CoverMeter"/> for how it is told.
/// </summary>
/// <param name="Eyes">Dark glasses, a hand or hair over the eyes.</param>
/// <param name="Mouth">A mask, a scarf or a hand over mouth or nose.</param>
/// <param name="Brow">A hat down to the brows, or hair.</param>
/// <param name="WashedOut">Over-exposed, as by an infra-red lamp near the face.</param>
public readonly record struct FaceCover(float Eyes, float Mouth, float Brow, float WashedOut)
{
    /// <summary>How surely anything covers the face.</summary>
    public float Covered => MathF.Max(Eyes, MathF.Max(Mouth, Brow));
}

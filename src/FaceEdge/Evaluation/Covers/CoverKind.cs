namespace FaceEdge.Evaluation.Covers;

/// <summary>What should become of a photo with something drawn on it, of somebody whom it does not match.</summary>
internal enum CoverGroup
{
    /// <summary>To be refused: a part of the face is hidden.</summary>
    Covered,

    /// <summary>To be refused: the light has wiped it out.</summary>
    WashedOut,

    /// <summary>To be taken: glasses, a beard, a photo without colour.</summary>
    Ordinary,
}

/// <summary>Something that is drawn on a face.</summary>
/// <param name="Name">For people and scripts.</param>
/// <param name="Group">What should become of it.</param>
/// <param name="Draw">Draws one; the numbers make no two alike.</param>
internal sealed record CoverKind(string Name, CoverGroup Group, Action<FaceCanvas, SeededNumbers> Draw)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<CoverKind> All { get; } =
    [
        new("aviators", CoverGroup.Covered, static (face, numbers) => Glasses.Dark(face, numbers, Lens.Aviator)),
        new("round-dark-glasses", CoverGroup.Covered, static (face, numbers) => Glasses.Dark(face, numbers, Lens.Round)),
        new("square-dark-glasses", CoverGroup.Covered, static (face, numbers) => Glasses.Dark(face, numbers, Lens.Square)),
        new("wrap-around-glasses", CoverGroup.Covered, static (face, numbers) => Glasses.Dark(face, numbers, Lens.Wrap)),
        new("surgical-mask", CoverGroup.Covered, static (face, numbers) => Masks.Mask(face, numbers, MaskCloth.Surgical)),
        new("white-mask", CoverGroup.Covered, static (face, numbers) => Masks.Mask(face, numbers, MaskCloth.White)),
        new("black-mask", CoverGroup.Covered, static (face, numbers) => Masks.Mask(face, numbers, MaskCloth.Black)),
        new("patterned-mask", CoverGroup.Covered, static (face, numbers) => Masks.Mask(face, numbers, MaskCloth.Patterned)),
        new("mask-under-nose", CoverGroup.Covered, static (face, numbers) =>
            Masks.Mask(face, numbers, numbers.Pick(MaskCloth.Surgical, MaskCloth.White, MaskCloth.Black, MaskCloth.Patterned), noseOut: true)),
        new("scarf", CoverGroup.Covered, Masks.Scarf),
        new("hand-over-mouth", CoverGroup.Covered, Hands.OverMouth),
        new("hand-over-eyes", CoverGroup.Covered, Hands.OverEyes),
        new("hat", CoverGroup.Covered, Headwear.Hat),
        new("hair", CoverGroup.Covered, Headwear.Hair),
        new("overexposed-2-stops", CoverGroup.WashedOut, static (face, _) => Lights.Over(face, 2)),
        new("overexposed-3-stops", CoverGroup.WashedOut, static (face, _) => Lights.Over(face, 3)),
        new("overexposed-4-stops", CoverGroup.WashedOut, static (face, _) => Lights.Over(face, 4)),
        new("infra-red", CoverGroup.WashedOut, Lights.InfraRed),
        new("clear-glasses", CoverGroup.Ordinary, Glasses.Clear),
        new("beard", CoverGroup.Ordinary, Beards.Draw),
        new("grey", CoverGroup.Ordinary, static (face, _) => Lights.Grey(face)),
        new("overexposed-1-stop", CoverGroup.Ordinary, static (face, _) => Lights.Over(face, 1)),
    ];
}

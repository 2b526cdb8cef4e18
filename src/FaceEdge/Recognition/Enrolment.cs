using FaceEdge.Gallery;
using FaceEdge.Vision;

namespace FaceEdge.Recognition;

/// <summary>Whether the face of a photo is good enough to be kept, as a new person's or one more of a known one's, and why not. Matching does not ask.</summary>
/// <param name="sighting">The photo, in use until the gallery has decided.</param>
/// <param name="options">What is good enough.</param>
/// <param name="analyzer">The models that saw the face.</param>
internal sealed class Enrolment(Sighting sighting, FaceEdgeOptions options, FaceAnalyzer analyzer)
{
    private FaceCover? _cover;
    private bool _measured;

    private FaceQuality Quality => sighting.Face!.Quality;

    /// <summary>The face for the gallery to look up.</summary>
    /// <param name="photo">The file; read when it is to be kept.</param>
    public Probe ProbeFor(ReadOnlyMemory<byte> photo)
    {
        Face face = sighting.Face!;
        bool mayRegister = sighting.FaceHeight >= options.Vision.MinFaceHeight
            && Quality.Sharpness >= options.Vision.MinSharpness
            && Quality.Overall >= options.Vision.MinQuality;
        return new Probe(face.Encoding, Quality.Overall, mayRegister, () => options.Storage.KeepImages switch
        {
            KeepImages.Crop => FaceCrop.Encode(sighting.Image, face.Box, options.Storage),
            KeepImages.Original => photo.ToArray(),
            _ => null,
        }, face.Evidence, Uncovered: IsUncovered);
    }

    /// <summary>Why a face that matches nobody was not registered.</summary>
    public RecognitionException Refusal()
    {
        VisionOptions vision = options.Vision;
        if (sighting.FaceHeight < vision.MinFaceHeight)
        {
            return TooSmall(sighting, "to register, and matches nobody known", vision.MinFaceHeight, nameof(VisionOptions.MinFaceHeight));
        }

        if (Quality.Sharpness < vision.MinSharpness)
        {
            return new RecognitionException(
                RecognitionProblem.LowQuality,
                $"The face matches nobody known and is too blurred to register (sharpness {Quality.Sharpness:0.00}, "
                + $"{vision.MinSharpness:0.00} is needed, Vision:MinSharpness). Hold still, add light or clean the lens.");
        }

        return Quality.Overall < vision.MinQuality || _cover is not { } cover
            ? new RecognitionException(
                RecognitionProblem.LowQuality,
                $"The face matches nobody known and is too poor to register (quality {Quality.Overall:0.00}, "
                + $"{vision.MinQuality:0.00} is needed, Vision:MinQuality). Look into the camera, in even light, with nothing before the face.")
            : Hidden(cover, vision);
    }

    /// <summary>A face too small for something.</summary>
    public static RecognitionException TooSmall(Sighting sighting, string what, double needed, string setting) => new(
        RecognitionProblem.FaceTooSmall,
        $"The face is {sighting.FaceHeight:0} pixels high, too small {what}: {needed:0} are needed (Vision:{setting}). Go nearer or use a larger photo.");

    private static RecognitionException Hidden(in FaceCover cover, VisionOptions vision)
    {
        if (cover.WashedOut > vision.MaxWashedOut)
        {
            return new RecognitionException(
                RecognitionProblem.WashedOut,
                $"The face matches nobody known and is washed out by too much light to register ({cover.WashedOut:0.00}, at most {vision.MaxWashedOut:0.00} is "
                + "taken, Vision:MaxWashedOut). Dim the lamp or the infra-red light, shorten the exposure, or step back from it.");
        }

        (string part, string advice) = cover.Covered == cover.Eyes ? ("its eyes seem", "Take off dark glasses, and keep hair and hands away from the eyes.")
            : cover.Covered == cover.Mouth ? ("its mouth or nose seems", "Take off the mask or scarf, and keep hands away from the face.")
            : ("its forehead seems", "Take off the hat, or push it and the hair up from the brows.");
        return new RecognitionException(
            RecognitionProblem.Covered,
            $"The face matches nobody known, and {part} covered, so that it is not registered ({cover.Covered:0.00}, at most {vision.MaxCover:0.00} is taken, "
            + $"Vision:MaxCover). {advice}");
    }

    /// <summary>Measured at most once, and only when somebody wants to keep the face.</summary>
    private bool IsUncovered()
    {
        if (options.Vision is { MaxCover: >= 1, MaxWashedOut: >= 1 })
        {
            return true;
        }

        if (!_measured)
        {
            _cover = analyzer.MeasureCover(sighting.Image, sighting.Face!);
            _measured = true;
        }

        return _cover is not { } cover || (cover.Covered <= options.Vision.MaxCover && cover.WashedOut <= options.Vision.MaxWashedOut);
    }
}

using System.Text.Json.Serialization;

namespace FaceEdge.Vision;

/// <summary>What an encoder is shown of a face and what it gives; stands in the manifest beside the model.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EncoderKind>))]
public enum EncoderKind
{
    /// <summary>112x112 pixels, five points on <see cref="FaceAligner.Template"/>; the output scaled to unit length, compared by cosine.</summary>
    ArcFace,

    /// <summary>dlib's 150x150 chip (<see cref="DlibChip"/>); the output as it is, of length about 1.4, compared by Euclidean distance.</summary>
    Dlib,
}

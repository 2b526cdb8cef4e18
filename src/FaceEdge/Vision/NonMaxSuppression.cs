using System.Runtime.InteropServices;

namespace FaceEdge.Vision;

/// <summary>Keeps the best of boxes that show the same face.</summary>
public static class NonMaxSuppression
{
    /// <summary>
    /// Sorts the boxes by falling score and removes every box that overlaps a better one that was kept by more than
    /// <paramref name="overlap"/> (intersection over union): greedy suppression as in torchvision's <c>nms</c>.
    /// </summary>
    public static void Apply(List<FaceBox> boxes, float overlap)
    {
        boxes.Sort(static (a, b) => b.Score.CompareTo(a.Score));
        var all = CollectionsMarshal.AsSpan(boxes);
        var kept = 0;
        for (var i = 0; i < all.Length; i++)
        {
            var best = true;
            for (var k = 0; k < kept && best; k++)
            {
                best = all[k].OverlapWith(all[i]) <= overlap;
            }
            if (best)
            {
                all[kept++] = all[i];
            }
        }
        boxes.RemoveRange(kept, boxes.Count - kept);
    }
}
